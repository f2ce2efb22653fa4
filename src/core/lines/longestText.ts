/**
 * The most UTF-16 code units that are ever linked to one text. Two such texts still fit into one string in every engine of
 * today: that of V8 is the shortest, with 2^29 - 24.
 */
export const LONGEST_TEXT = 250_000_000;
