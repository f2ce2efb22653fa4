import { from, lastValueFrom, type Observable } from 'rxjs';

import type { Contender } from '../contender.js';
import type { Traffic } from '../events.js';
import { type AGUIEvent, agUIEvents } from '../messages.js';
import { importPeer } from '../peers.js';

interface Mutation {
  readonly messages?: readonly { readonly content: string }[];
}

/** What is used of `@ag-ui/client`. */
interface Client {
  readonly HttpAgent: new (configuration: { readonly url: string }) => object;
  readonly defaultApplyEvents: (
    input: object,
    events: Observable<AGUIEvent>,
    agent: object,
    subscribers: readonly object[],
  ) => Observable<Mutation>;
}

/** The reader of AG-UI, which gives all messages after each event. */
export default async function defaultApplyEventsContender(traffic: Traffic): Promise<Contender> {
  const { HttpAgent, defaultApplyEvents } = await importPeer<Client>('@ag-ui/client');
  const events = agUIEvents(traffic);
  const agent = new HttpAgent({ url: 'http://localhost' });
  const input = { threadId: 'thread', runId: 'run', messages: [], tools: [], context: [], state: {} };
  return {
    isAsync: true,
    run: async () => {
      let characters = 0;
      const last: Mutation = await lastValueFrom(defaultApplyEvents(input, from(events), agent, []), {
        defaultValue: {},
      });
      for (const { content } of last.messages ?? []) {
        characters += content.length;
      }
      return { characters };
    },
  };
}
