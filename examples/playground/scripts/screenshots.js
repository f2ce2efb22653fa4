import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startChromium } from '../browser/chromium.js';
import { serveSite } from '../browser/site.js';

/** Pictures of the page in both color schemes, wide and narrow; the wide ones are for the README as well. */
const reports = new URL('../screenshots/', import.meta.url);
const docs = new URL('../../../docs/', import.meta.url);

/** @type {readonly ('light' | 'dark')[]} */
const COLOR_SCHEMES = ['light', 'dark'];

/** When the answers have lists, code and a table, and are not complete. */
const MOMENT = '4300';

mkdirSync(reports, { recursive: true });
const site = await serveSite();
const browser = await startChromium();
try {
  for (const colorScheme of COLOR_SCHEMES) {
    for (const width of [1280, 390]) {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width, height: width === 1280 ? 752 : 844 },
        deviceScaleFactor: width === 1280 ? 1 : 2,
      });
      await page.goto(site.address);
      await page.locator('#cards article').first().waitFor();
      await page.getByLabel('Markdown').check();
      await page.locator('#cards .block strong').first().waitFor();
      await page.locator('#time').fill(MOMENT);
      await page
        .locator('#cards article')
        .nth(3)
        .evaluate((card) => card.scrollIntoView());
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: file(new URL(`${colorScheme}-${width}.png`, reports)), fullPage: true });
      if (width === 1280) {
        await page.screenshot({ path: file(new URL(`playground-${colorScheme}.png`, docs)) });
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  await site.close();
}

/** @param {URL} url */
function file(url) {
  return fileURLToPath(url);
}
