/**
 * The most UTF-16 code units in a text. Two such texts fit into one string in all current engines; V8 has the lowest
 * limit, 2^29 - 24.
 */
export const MAX_TEXT_LENGTH = 250_000_000;
