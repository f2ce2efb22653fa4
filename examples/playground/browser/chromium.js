import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

/**
 * Starts the Chromium of the system. Throws an error that says how to get one if there is none.
 *
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function startChromium() {
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
