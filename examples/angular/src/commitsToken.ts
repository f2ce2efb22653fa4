import { InjectionToken } from '@angular/core';
import type { Commit } from 'deltalines';
import type { Observable } from 'rxjs';

/** Where the commits come from: the recordings, a provider, or what a test sends. */
export const COMMITS = new InjectionToken<Observable<Commit>>('COMMITS');
