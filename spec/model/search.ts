import fc from 'fast-check';

import { commitLines } from '../../src/index.js';
import { composed } from '../support/forms.js';
import { type Scenario, scenario } from './commands.js';
import { checkConformance, type Forms } from './conformance.js';

/** The forms as the library has them. */
export const forms: Forms = {
  whole: commitLines,
  composed: (options, onDrop) => composed({ ...options, onDrop }),
};

/** Which scenarios are drawn: the same seed always draws the same ones, and a path names one of them. */
export interface Draw {
  readonly seed: number;
  readonly path?: string | undefined;
  readonly numRuns: number;
}

/** A scenario, as small as could be found, in which a form does not do what the model does. */
export interface Finding {
  readonly seed: number;
  readonly path: string;
  readonly scenario: Scenario;
  /** What happened, in words. */
  readonly story: string;
}

/** Runs scenarios until one fails, and makes that one as small as can be. */
export function search(ofForms: Forms, { seed, path = '', numRuns }: Draw): Finding | undefined {
  const property = fc.property(scenario, (drawn) => {
    checkConformance(ofForms, drawn);
  });
  const details = fc.check(property, { seed, path, numRuns });
  if (!details.failed) {
    return undefined;
  }
  if (details.counterexample === null) {
    throw new Error('The search was broken off');
  }
  const { counterexample, counterexamplePath, errorInstance } = details;
  return {
    seed: details.seed,
    path: counterexamplePath,
    scenario: counterexample[0],
    story: errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
  };
}

/** A finding for the one who has to look into it. */
export function report({ seed, path, story }: Finding): string {
  return `${story}\n\nRun this one again: npm run soak -- --seed ${seed} --path ${path}\n`;
}
