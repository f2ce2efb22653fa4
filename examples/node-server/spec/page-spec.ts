import { expect, onTestFinished, test } from 'vitest';

import { startChromium } from './support/chromium.js';
import { startNATS, startRedis } from './support/stores.js';
import { testCluster } from './support/testCluster.js';

test.each([
  ['the memory of another process', () => undefined],
  ['Redis', startRedis],
  ['NATS', startNATS],
])(
  'shows an answer in %s, survives kill -9 of its writer, and reloads from another',
  async (_name, store) => {
    const { address } = await testCluster({ INTERVAL: '200' }, await store());
    const browser = await startChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    const texts = () => page.locator('#transcript pre').allInnerTexts();
    const servedBy = () => page.locator('#process').innerText();
    const untilServed = () => page.locator('#process:not(:empty)').waitFor();

    // Follows an answer.
    await page.goto(address);
    await untilServed();
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.locator('.answer.open pre').filter({ hasText: '\n' }).waitFor();

    // The process that writes it is killed. A process that lives closes what is left.
    const kill = page.getByRole('button', { name: /^kill -9/ });
    const writer = (await kill.innerText()).replace('kill -9 ', '');
    await kill.click();
    await page.locator('.answer.idle').waitFor();
    await page.locator('.question.idle').waitFor();
    const before = await texts();
    expect(before[0]).toBe('Why?\n');
    expect(await servedBy()).not.toBe(writer);
    expect(await page.locator('.question').count()).toBe(1);
    expect(await page.locator('.answer').count()).toBe(1);

    // Loaded anew until the other process serves it: the same lines, each once.
    const first = await servedBy();
    do {
      await page.reload();
      await untilServed();
    } while ((await servedBy()) === first);
    await page.locator('.question.idle').waitFor();
    await page.locator('.answer.idle').waitFor();
    expect(await texts()).toEqual(before);

    // The next answer is stopped by a request, which may reach either process.
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.locator('.answer.open').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.question.end').waitFor();
    await page.locator('.answer.complete').waitFor();
    expect(await page.locator('.open').count()).toBe(0);
    expect(await page.locator('#problem').innerText()).toBe('');
    expect(complaints).toEqual([]);
  },
);
