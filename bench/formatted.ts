import { writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

/** Writes a file as the project formats it, so that it need not be formatted afterwards. */
export async function writeFormatted(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
