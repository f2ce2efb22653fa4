import type { ServerResponse } from 'node:http';

import { type Observable, Subscription } from 'rxjs';

import type { CommitLog } from './commitLog.js';

export interface FeedOptions {
  readonly log: CommitLog;
  /** The number of the last event that the client has. */
  readonly lastEventId: number | undefined;
  /** When a sign of life is due. */
  readonly heartbeat: Observable<unknown>;
}

/**
 * Sends one client what it does not have yet, and then what comes, for as long as it is there.
 *
 * Nothing is queued for a client. It has a place in the log, and goes on from there when it has taken what was written;
 * if the log does not reach back to that place any more, with a snapshot. A client that took nothing between two
 * heartbeats is let go of. It can come back and resume.
 */
export function sendFeed(response: ServerResponse, { log, lastEventId, heartbeat }: FeedOptions): void {
  let place = lastEventId ?? log.beginning;
  let isTaking = true;
  let hasMissedHeartbeat = false;
  const write = (text: string) => {
    isTaking = response.write(text);
  };
  const goOn = () => {
    while (isTaking && place !== log.lastId) {
      const isThere = log.reachesBackTo(place);
      write(isThere ? log.eventAfter(place) : log.snapshot());
      place = isThere ? place + 1 : log.lastId;
    }
  };

  const connection = new Subscription();
  response.on('close', () => connection.unsubscribe());
  response.on('drain', () => {
    isTaking = true;
    hasMissedHeartbeat = false;
    goOn();
  });
  connection.add(log.appended.subscribe(goOn));
  connection.add(
    heartbeat.subscribe(() => {
      if (isTaking) {
        // A comment, which no client shows. It keeps proxies from closing the connection.
        write(':\n\n');
      } else if (hasMissedHeartbeat) {
        connection.unsubscribe();
        response.destroy();
      } else {
        hasMissedHeartbeat = true;
      }
    }),
  );

  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Some proxies collect what they pass on, unless they are told not to.
    'x-accel-buffering': 'no',
  });
  write('retry: 1000\n\n');
  goOn();
}
