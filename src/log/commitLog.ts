export type * from '../core/log/commitLog.js';
