import { isObject, readField, readList, readText } from '../connection/fields.js';

export interface A2AUpdate {
  readonly type: 'artifact-update' | 'status-update' | 'task' | 'message' | 'error' | undefined;
  readonly value: unknown;
}

/** The field names of version 1, in JSON and in the objects of its SDK. */
const FIELDS = [
  ['artifactUpdate', 'artifact-update'],
  ['statusUpdate', 'status-update'],
  ['task', 'task'],
  ['message', 'message'],
  ['msg', 'message'],
] as const;

/** Extracts an update from its JSON-RPC response, and from the object that names its type. */
export function unwrapUpdate(event: unknown): A2AUpdate {
  const error = readField(event, 'error');
  if (isObject(error)) {
    return { type: 'error', value: error };
  }
  const result = readField(event, 'result') ?? event;
  const payload = readField(result, 'payload');
  for (const [field, type] of FIELDS) {
    const value =
      readField(payload, '$case') === field ? readField(payload, 'value') : readField(result, field);
    if (isObject(value) && isUpdate(type, value)) {
      return { type, value };
    }
  }
  return { type: typeOf(result), value: result };
}

/** The type in version 0.2 and later, or derived from the fields in earlier versions. */
function typeOf(value: unknown): A2AUpdate['type'] {
  const kind = readText(value, 'kind');
  if (kind === undefined) {
    return (['artifact-update', 'task', 'status-update'] as const).find((type) => isUpdate(type, value));
  }
  return kind === 'artifact-update' || kind === 'status-update' || kind === 'task' || kind === 'message'
    ? kind
    : undefined;
}

function isUpdate(type: A2AUpdate['type'], value: unknown): boolean {
  switch (type) {
    case 'artifact-update':
      return readList(readField(value, 'artifact'), 'parts').length > 0;
    case 'status-update':
      return readField(readField(value, 'status'), 'state') !== undefined;
    case 'task':
      return (
        readField(readField(value, 'status'), 'state') !== undefined &&
        (isObject(readField(value, 'artifacts')) || isObject(readField(value, 'history')))
      );
    case 'message':
      return readField(value, 'role') !== undefined;
    default:
      return false;
  }
}
