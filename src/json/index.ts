export { IncompleteJSONError } from '../core/json/incompleteJSONError.js';
export type {
  JSONCloseCommit,
  JSONCommit,
  JSONPartialCommit,
  JSONValueCommit,
} from '../core/json/jsonCommit.js';
export type { JSONOptions } from './jsonOptions.js';
export { scanJSON, type ScanJSONOptions } from './scanJSON.js';
export { splitJSON, type SplitJSONOptions } from './splitJSON.js';
