import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

/** Starts the Chromium of the system. */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (on Debian: apt-get install chromium; elsewhere: ` +
        'npx playwright-core install chromium) and set CHROMIUM_PATH to its program.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
