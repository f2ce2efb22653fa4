import { jetStreamStore } from './jetStreamStore.js';
import { redisStore } from './redisStore.js';
import type { Store } from './store.js';

/** The stores with a server, by the name that the command line takes. */
export const stores: ReadonlyMap<string, Store> = new Map(
  [redisStore, jetStreamStore].map((store) => [store.name, store]),
);

export function storeOf(name: string): Store {
  const store = stores.get(name);
  if (store === undefined) {
    throw new RangeError(`there is no store ${name}, only ${[...stores.keys()].join(', ')}`);
  }
  return store;
}
