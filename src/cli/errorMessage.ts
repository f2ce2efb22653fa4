import { fieldsOf } from './fieldsOf.js';

/** The most levels of nested `error` fields that are searched. */
const MAX_DEPTH = 4;

const MAX_LENGTH = 1000;

/** The fields in which producers send error messages. */
const MESSAGE_FIELDS = ['message', 'errorText', 'blockReasonMessage', 'detail'] as const;

/** Formats the error of a stream: its message if it has one, and JSON otherwise. */
export function errorMessage(error: unknown): string {
  const message = findMessage(error, MAX_DEPTH) ?? toJSON(error);
  return message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH)}…` : message;
}

/** The message of an event that fails a whole request, such as the body of an HTTP error. */
export function requestError(event: unknown): string | undefined {
  const fields = fieldsOf(Array.isArray(event) ? event[0] : event);
  const error = [fields['error'], exceptionOf(fields)].find(isFilled);
  const { type } = fields;
  const isError = typeof type === 'string' && /(?:^|[._])error$/i.test(type);
  return error !== undefined || isError ? errorMessage(error ?? fields) : undefined;
}

/** The same for an event of an unknown protocol. Some servers send only a message. */
export function responseError(event: unknown): string | undefined {
  const { message, detail } = fieldsOf(event);
  return requestError(event) ?? [message, detail].find((text) => typeof text === 'string');
}

/** The exception in an event of Amazon Bedrock, which has one field, named like the exception. */
function exceptionOf(fields: Readonly<Record<string, unknown>>): unknown {
  const [name = '', ...others] = Object.keys(fields);
  return others.length === 0 && name.endsWith('Exception') ? fields[name] : undefined;
}

function findMessage(error: unknown, depth: number): string | undefined {
  if (typeof error === 'string') {
    return error;
  }
  const fields = fieldsOf(error);
  const { blockReason } = fields;
  const message =
    MESSAGE_FIELDS.map((name) => fields[name]).find(isText) ??
    (isText(blockReason) ? `the prompt was blocked: ${blockReason}` : undefined);
  return (
    message ?? (depth > 0 && isFilled(fields['error']) ? findMessage(fields['error'], depth - 1) : undefined)
  );
}

function toJSON(value: unknown): string {
  try {
    return value === undefined ? 'unknown error' : JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFilled(value: unknown): boolean {
  return isText(value) || (typeof value === 'object' && value !== null);
}
