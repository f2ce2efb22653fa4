import type { DeltaEvent } from 'deltalines';
import * as exported from 'deltalines/protocols';
import type { OperatorFunction } from 'rxjs';

type ReadProtocol = (options?: exported.ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;

/** The names under which the package exports the operators. */
const exportedNames: ReadonlyMap<unknown, string> = new Map(
  Object.entries(exported).map(([name, value]) => [value, name]),
);

export const protocolNames = Object.keys(exported.protocols) as readonly exported.ProtocolName[];

/** The name of the operator that reads a protocol; plain delta events need none. */
export function operatorName(protocol: exported.ProtocolName): string | undefined {
  return exportedNames.get(exported.protocols[protocol]);
}

/** The operator that reads a protocol; plain delta events need none. */
export function operatorOf(protocol: exported.ProtocolName): ReadProtocol | undefined {
  return protocol === 'deltas' ? undefined : exported.protocols[protocol];
}
