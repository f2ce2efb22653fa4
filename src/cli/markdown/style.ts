import { styleText } from 'node:util';

const FORMATS = {
  title: ['bold', 'underline'],
  heading: ['bold'],
  strong: ['bold'],
  emphasis: ['italic'],
  deleted: ['strikethrough'],
  code: ['cyan'],
  link: ['underline'],
  marker: ['yellow'],
  quiet: ['dim'],
} as const;

/** Formats an escaped text. */
export type Style = (format: keyof typeof FORMATS, text: string) => string;

export const styleByFormat: Style = (format, text) => styleText([...FORMATS[format]], text);

export const styleNothing: Style = (_format, text) => text;
