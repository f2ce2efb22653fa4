import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sections } from '../src/settings';
import { startChromium } from './chromium.js';
import { serveSite } from './site.js';

let browser: Browser;
let site: Awaited<ReturnType<typeof serveSite>>;
let context: BrowserContext;
let page: Page;
/** What went wrong in the page without anybody being told there. */
let complaints: string[];

beforeAll(async () => {
  browser = await startChromium();
  site = await serveSite();
  return async () => {
    await browser.close();
    await site.close();
  };
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) {
      complaints.push(`${response.status()}: ${response.url()}`);
    }
  });
  await page.goto(site.address);
  await page.locator('#cards article').first().waitFor();
});

afterEach(async () => {
  await context.close();
  expect(complaints).toStrictEqual([]);
});

const text = (selector: string) => page.locator(selector).innerText();
const alerts = () => text('#problem');
const code = () => text('#code');
/** The time that is shown, in seconds. */
const shownTime = async () => parseFloat(await text('#clock'));

async function seek(milliseconds: number): Promise<void> {
  await page.locator('#time').fill(String(milliseconds));
}

async function seekEnd(): Promise<void> {
  await page.locator('#time').focus();
  await page.keyboard.press('End');
}

/** Waits until an expression in the page is true. */
async function until(expression: string): Promise<void> {
  await page.waitForFunction(expression);
}

async function untilCode(part: string): Promise<void> {
  await until(`document.querySelector('#code').textContent.includes(${JSON.stringify(part)})`);
}

async function untilAlert(part: string): Promise<void> {
  await until(`document.querySelector('#problem').textContent.includes(${JSON.stringify(part)})`);
}

/** Does something that changes what is in an element, and waits until it has. */
async function changing(selector: string, action: () => Promise<unknown>): Promise<void> {
  const before = await page.locator(selector).innerHTML();
  await action();
  await page.waitForFunction(([selector, before]) => document.querySelector(selector)?.innerHTML !== before, [
    selector,
    before,
  ] as const);
}

async function paste(texts: readonly string[], protocol?: string): Promise<void> {
  await page.click('#paste');
  for (const [index, each] of texts.entries()) {
    const area = page.locator(`#paste-text-${index + 1}`);
    if ((await area.count()) === 0) {
      await page.click('#paste-add');
    }
    await area.fill(each);
  }
  if (protocol !== undefined) {
    await page.selectOption('#paste-protocol', protocol);
  }
  await page.click('#paste-dialog [type=submit]');
}

/** Whether something is wider than the page. */
async function scrollsSideways(): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

describe('the page', () => {
  it('opens with three answers, in the middle of their time', async () => {
    expect(await text('#status')).toContain('3 connections of openai-responses');
    expect(await page.locator('#events li').count()).toBeGreaterThan(3);
    expect(await page.locator('#cards article').count()).toBeGreaterThan(2);
    expect(await page.locator('#timeline .mark.line').count()).toBeGreaterThan(5);
    expect(await alerts()).toBe('');
  });

  it('plays every bundled recording', async () => {
    const titles = await page.locator('#recording option').allInnerTexts();
    expect(titles).toHaveLength(12);
    for (const title of titles) {
      await page.selectOption('#recording', title);
      await seekEnd();
      expect(await alerts()).toBe('');
      expect(await page.locator('#cards article').count()).toBeGreaterThan(0);
      expect(await page.locator('#cards .status.open').count()).toBe(0);
    }
  });

  it('plays to the end, and from the start again', async () => {
    // The time of the page passes only when the test says so, however slow the machine is.
    await page.clock.install({ time: 0 });
    await page.reload();
    await page.locator('#cards article').first().waitFor();
    await page.clock.pauseAt(60_000);

    await page.selectOption('#speed', '10');
    await page.click('#play');
    expect(await text('#play')).toBe('Pause');
    expect(await text('#announcement')).toBe('Playing');
    await page.clock.runFor(60_000);
    expect(await text('#play')).toBe('Play');
    const [time, duration] = (await text('#clock')).split(' / ');
    expect(time).toBe(duration);
    expect(await text('#announcement')).toBe(`Paused at ${duration ?? ''}`);
    expect(await page.locator('#cards .status.open').count()).toBe(0);

    await page.selectOption('#speed', '0.1');
    await page.click('#play');
    await page.clock.runFor(1_000);
    expect(await shownTime()).toBeLessThan(1);
    await page.click('#play');
    expect(await text('#play')).toBe('Play');
  });

  it('shows the same at a time, however it came there', async () => {
    const shown = async () => [
      await text('#cards'),
      await text('#events-count'),
      await text('#streams-count'),
    ];
    await seek(1_500);
    const before = await shown();
    await seek(4_000);
    expect(await shown()).not.toStrictEqual(before);
    await seek(0);
    expect(await text('#cards')).toBe('No stream has opened yet.');
    await seek(1_500);
    expect(await shown()).toStrictEqual(before);
  });

  it('can be dragged through time', async () => {
    const box = await page.locator('#time').boundingBox();
    if (box === null) {
      throw new Error('There is no slider');
    }
    const y = box.y + box.height / 2;
    const counts: number[] = [];
    await page.mouse.move(box.x + 10, y);
    await page.mouse.down();
    for (const part of [0.2, 0.5, 0.9]) {
      await page.mouse.move(box.x + box.width * part, y, { steps: 5 });
      counts.push(parseInt(await text('#events-count')));
    }
    await page.mouse.up();
    expect(counts).toStrictEqual([...counts].sort((some, other) => some - other));
    expect(new Set(counts).size).toBe(3);
  });

  it('goes where somebody points in the diagram', async () => {
    const box = await page.locator('.marbles').boundingBox();
    if (box === null) {
      throw new Error('There is no diagram');
    }
    await page.mouse.click(box.x + 2, box.y + 20);
    expect(await shownTime()).toBe(0);
    await page.mouse.click(box.x + box.width - 2, box.y + 20);
    expect(await shownTime()).toBeGreaterThan(4);
  });

  it('goes from event to event', async () => {
    await seek(0);
    expect(await text('#events-count')).toMatch(/^0 of/);
    await page.click('#forward');
    expect(await text('#events-count')).toMatch(/^1 of/);
    await page.click('#forward');
    await page.click('#back');
    expect(await text('#events-count')).toMatch(/^1 of/);
  });

  it('keeps rows out of the page that are not seen', async () => {
    const delta = '{"type":"delta","kind":"answer","id":"1","delta":"a line\\n"}\n';
    await page.click('#paste');
    await page.setInputFiles('#paste-files', {
      name: 'long.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from(delta.repeat(19_000)),
    });
    await until(`document.querySelector('#status').textContent.includes('19,000 delta events')`);
    await seekEnd();
    expect(await text('#events-count')).toBe('19000 of 19000');
    expect(await page.locator('#events li').count()).toBeLessThan(60);
    expect(await page.locator('#cards p').count()).toBeLessThan(100);
    expect(await page.locator('#events li').last().getAttribute('aria-posinset')).toBe('19000');
    await page.locator('#events').evaluate((frame) => frame.scrollTo(0, 0));
    await page.locator('#events li[aria-posinset="1"]').waitFor();
  });

  it('prefers the colors of the system', async () => {
    const background = async () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
  });

  it('moves nothing by itself for those who asked for that', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const durations = await page.evaluate(() =>
      [...document.querySelectorAll('*')].map((each) => getComputedStyle(each).transitionDuration),
    );
    expect(new Set(durations)).toStrictEqual(new Set(['0s']));
  });

  it.each([390, 700, 1000, 1280, 1900])('does not scroll sideways at a width of %d', async (width) => {
    await page.setViewportSize({ width, height: 844 });
    for (const title of ['Three answers at once', 'Claude Code', 'go test -json', 'Docker']) {
      await page.selectOption('#recording', title);
      await seekEnd();
      expect(await scrollsSideways()).toBe(false);
    }
    for (const operator of ['resequence', 'orderStreams', 'paceLines']) {
      await page.check(`[name=${operator}]`);
      // Its fields move what is below them.
      await untilCode(`${operator}(`);
    }
    await untilCode('paceLines()');
    expect(await scrollsSideways()).toBe(false);
  });
});

describe('the operators', () => {
  it('are in the code as soon as they are on', async () => {
    for (const operator of ['resequence', 'orderStreams', 'paceLines']) {
      expect(await code()).not.toContain(operator);
      expect(
        await page
          .locator(`#${operator}-maxQueued, #${operator}-maxBuffered, #${operator}-start`)
          .isVisible(),
      ).toBe(false);
      await page.check(`[name=${operator}]`);
      await untilCode(`${operator}(`);
      expect(
        await page
          .locator(`#${operator}-maxQueued, #${operator}-maxBuffered, #${operator}-start`)
          .isVisible(),
      ).toBe(true);
      await page.uncheck(`[name=${operator}]`);
      await until(`!document.querySelector('#code').textContent.includes('${operator}')`);
    }
  });

  it('give commits instead of a transcript without scanTranscript', async () => {
    await page.uncheck('[name=scanTranscript]');
    await untilCode('Observable<Commit>');
    expect(await page.locator('#cards').isVisible()).toBe(false);
    await seekEnd();
    expect(await text('#commits')).toContain('close: end');
    await page.check('[name=scanTranscript]');
    await untilCode('Observable<Transcript>');
    expect(await page.locator('#commits').isVisible()).toBe(false);
  });

  const values: Readonly<Record<string, readonly [value: string, inCode: string]>> = {
    'arrival.interval': ['100', ''],
    'arrival.stagger': ['0', ''],
    'arrival.disorder': ['5', ''],
    'resequence.field': ['seq', 'event: unknown'],
    'resequence.start': ['1', 'start: 1'],
    'resequence.maxReorder': ['2', 'maxReorder: 2'],
    'resequence.gapTimeout': ['90', 'gapTimeout: 90'],
    'commitLines.form': ['groupStreams', 'groupStreams('],
    'commitLines.tail': ['on', 'tail: true'],
    'commitLines.softCommit.chars': ['9', 'softCommit: { chars: 9 }'],
    'commitLines.softCommit.after': ['80', 'softCommit: { after: 80 }'],
    'commitLines.reconcile': ['off', "reconcile: 'off'"],
    'commitLines.idleTimeout': ['60', 'idleTimeout: 60'],
    'commitLines.maxStreams': ['1', 'maxStreams: 1'],
    'commitLines.maxRemembered': ['0', 'maxRemembered: 0'],
    'commitLines.maxLineLength': ['4', 'maxLineLength: 4'],
    'commitLines.maxRetained': ['2_000', 'maxRetained: 2_000'],
    'orderStreams.strategy': ['grouped', "strategy: 'grouped'"],
    'orderStreams.maxBuffered': ['2', 'maxBuffered: 2'],
    'paceLines.interval': ['900', 'interval: 900'],
    'paceLines.policy': ['fixedPace', 'policy: fixedPace(1)'],
    'paceLines.lines': ['3', 'policy: fixedPace(3)'],
    'paceLines.maxQueued': ['1', 'maxQueued: 1'],
    'splitJSON.keep': ['on', 'splitJSON({ keep: true })'],
    'commitBlocks.draft': ['on', 'commitBlocks({ draft: true })'],
    'scanTranscript.every': ['700', 'every: 700'],
    'scanTranscript.maxCells': ['2', 'maxCells: 2'],
  };
  /** What these do is not seen in the diagram, or not with these recordings. */
  const codeOnly = new Set([
    'resequence.start',
    'commitLines.form',
    'commitLines.reconcile',
    'commitLines.maxRemembered',
    'commitLines.maxRetained',
    'splitJSON.keep',
    'commitBlocks.draft',
    'scanTranscript.every',
    'scanTranscript.maxCells',
  ]);

  const fields = sections.flatMap(({ name, fields }) =>
    fields.map((field) => ({ name: `${name}.${field.name}`, field })),
  );
  it.each(fields)('have the option $name', async ({ name, field }) => {
    const [value, inCode] = values[name] ?? ['', ''];
    const operator = name.split('.')[0] ?? '';
    const toggle = page.locator(`legend [name=${operator}]`);
    if ((await toggle.count()) > 0 && !(await toggle.isChecked())) {
      await changing('#code', () => toggle.check());
    }
    if (operator === 'resequence') {
      await changing('.marbles', () => page.fill('#arrival-disorder', '9'));
    }
    if (operator === 'paceLines') {
      // Lines have to come faster than they leave.
      await changing('.marbles', () => page.fill('#arrival-interval', '2'));
    }
    if (name === 'paceLines.lines') {
      await changing('#code', () => page.selectOption('#paceLines-policy', 'fixedPace'));
    }

    const input = page.locator(`[name="${name}"]`);
    await changing(codeOnly.has(name) ? '#code' : '.marbles', async () => {
      await (field.type === 'flag'
        ? input.check()
        : field.type === 'choice'
          ? input.selectOption(value)
          : input.fill(value));
    });
    expect(await code()).toContain(inCode);
    expect(await alerts()).toBe('');

    await page.click('[type=reset]');
    await untilCode('commitLines(), scanTranscript()');
  });

  it('say what is wrong with an option, and leave everything as it was', async () => {
    const before = await code();
    await page.fill('#commitLines-idleTimeout', '-5');
    await untilAlert('The option idleTimeout is -5, but must be milliseconds');
    expect(await code()).toBe(before);
    expect(await page.locator('#cards article').count()).toBeGreaterThan(2);
    await page.fill('#commitLines-idleTimeout', '');
    await until(`document.querySelector('#problem').textContent === ''`);
  });

  it('put in order what a network has mixed up', async () => {
    const texts = async () => {
      await seekEnd();
      return page.locator('#cards .lines').allInnerTexts();
    };
    const right = await texts();
    await page.fill('#commitLines-maxRetained', '0');
    await page.fill('#arrival-disorder', '8');
    await untilCode('maxRetained: 0');
    expect(await texts()).not.toStrictEqual(right);
    await page.check('[name=resequence]');
    await page.fill('#resequence-gapTimeout', 'Infinity');
    await untilCode('gapTimeout: Infinity');
    expect(await texts()).toStrictEqual(right);
  });
});

describe('Arguments', () => {
  const ids = () => page.locator('#cards .card header bdi').allInnerTexts();
  const card = (id: string) => page.locator('#cards .card', { has: page.getByText(id, { exact: true }) });

  it('shows the values of two calls as streams, line by line', async () => {
    await page.selectOption('#recording', 'Two files at once');
    await seekEnd();
    expect(await ids()).toStrictEqual(['resp_1/0/0', 'resp_1/1/0', 'resp_1/2/0']);
    await page.getByLabel('Arguments').check();
    await untilCode('splitJSON()');
    await seekEnd();
    expect(await ids()).toStrictEqual([
      'resp_1/0/0',
      'resp_1/1/0#/path',
      'resp_1/1/0#/content',
      'resp_1/2/0#/path',
      'resp_1/2/0#/overwrite',
      'resp_1/2/0#/content',
    ]);
    expect(await card('resp_1/2/0#/path').locator('.lines').innerText()).toBe('README.md');
    const lines = await card('resp_1/1/0#/content').locator('.lines p').allInnerTexts();
    expect(lines[0]).toBe('/** The lines of a text; the last one may have no end. */');
    expect(lines).toHaveLength(7);
    expect(await alerts()).toBe('');
  });

  it('shows the lines that have come at a time', async () => {
    await page.selectOption('#recording', 'Two files at once');
    await page.getByLabel('Arguments').check();
    await untilCode('splitJSON()');
    await seek(1_500);
    const count = () => card('resp_1/2/0#/content').locator('.lines p').count();
    const early = await count();
    await seek(2_500);
    expect(early).toBeGreaterThan(0);
    expect(await count()).toBeGreaterThan(early);
    expect(await card('resp_1/2/0#/content').locator('.status').innerText()).toBe('open');
  });
});

describe('Markdown', () => {
  it('renders the blocks of all streams', async () => {
    await page.selectOption('#recording', 'Two files at once');
    await page.getByLabel('Arguments').check();
    await page.getByLabel('Markdown').check();
    await untilCode('scanBlocks()');
    await seekEnd();
    const readme = page.locator('#cards .card', { has: page.getByText('resp_1/2/0#/content') });
    expect(await readme.locator('[role=heading]').innerText()).toBe('lines');
    expect(await readme.locator('li').allInnerTexts()).toStrictEqual(['one function', 'no dependency']);
    expect(await readme.locator('pre code').innerText()).toContain("linesOf('one");
    expect(await readme.locator('td').allInnerTexts()).toStrictEqual(['empty', '1', 'a\\n', '2']);
    expect(await page.locator('#cards strong').first().innerText()).toBe('two files');
    expect(await scrollsSideways()).toBe(false);
  });

  it('renders each block once, and counts the renders that it saved', async () => {
    await page.selectOption('#recording', 'Two files at once');
    await page.getByLabel('Arguments').check();
    await page.getByLabel('Markdown').check();
    await untilCode('scanBlocks()');
    await seek(0);
    const counts = async () => (await text('#renders')).match(/\d+/g)?.map(Number) ?? [];
    // An element that is made anew has not what is written on it here.
    const duration = Number(await page.locator('#time').getAttribute('max'));
    let shown = 0;
    let saved = (await counts())[1] ?? NaN;
    for (let time = 250; time <= duration; time += 250) {
      await seek(time);
      const kept = await page.locator('#cards .block[data-seen]').count();
      expect(kept).toBe(shown);
      saved += kept;
      shown = await page.locator('#cards .block').count();
      await page.evaluate(() => {
        document.querySelectorAll('#cards .block').forEach((each) => each.setAttribute('data-seen', 'yes'));
      });
    }
    expect(shown).toBeGreaterThan(8);
    // Each block that is in the page at the end was rendered once, and never again.
    const [rendered, total] = await counts();
    expect(rendered).toBe(shown);
    expect(total).toBeGreaterThanOrEqual(saved);
    await seek(0);
    await seekEnd();
    expect((await counts())[0]).toBe(rendered);
  });

  it('shows what is in no block yet, and replaces it by the block', async () => {
    await paste([
      ['# One\n- a', '\n- b\n\n', 'The **end**.']
        .map((delta) => JSON.stringify({ type: 'delta', kind: 'answer', id: '1', delta }))
        .join('\n'),
    ]);
    await page.getByLabel('Markdown').check();
    await page.check('[name="commitBlocks.draft"]');
    await page.check('[name="commitLines.tail"]');
    await untilCode('draft: true');
    await untilCode('tail: true');
    await seek(0);
    expect(await page.locator('#cards .draft li').allInnerTexts()).toStrictEqual(['a']);
    await seekEnd();
    expect(await page.locator('#cards .draft').count()).toBe(0);
    expect(await page.locator('#cards strong').innerText()).toBe('end');
  });

  it('says the blocks where there is no transcript', async () => {
    await page.getByLabel('Markdown').check();
    await page.uncheck('[name=scanTranscript]');
    await untilCode('Observable<BlockCommit>');
    await seekEnd();
    expect(await text('#commits')).toMatch(/paragraph 0/);
    expect(await page.locator('#renders').isVisible()).toBe(false);
  });

  it('obeys nothing that stands in a text, and loads nothing', async () => {
    const hostile = [
      '<script>window.hacked=1</script>',
      'a <img src=x onerror="window.hacked=1"> b',
      '[link](javascript:window.hacked=1) [data](data:text/html,x) [ref] [safe](https://example.com/?a=1&b)',
      '![picture](http://127.0.0.1:1/x.png)',
      '&lt;img src=x onerror=window.hacked=1&gt; &#x1b;[2J &#x202e;',
      '[ref]: javascript:window.hacked=1',
      `${'> '.repeat(5_000)}deep`,
      `| <img src=x> |\n|---|\n| <iframe src=x> |`,
      '```html\n</code></pre><img src=x onerror=window.hacked=1>\n```',
      'a\u001b[2J\u202egnp.exe',
    ].join('\n\n');
    await paste([JSON.stringify({ type: 'delta', kind: 'answer', id: '1', delta: hostile })]);
    await page.getByLabel('Markdown').check();
    await untilCode('commitBlocks()');
    await seekEnd();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('#cards').locator('img, script, iframe, [onerror], [style]').count()).toBe(0);
    const links = page.locator('#cards a');
    expect(await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')))).toStrictEqual([
      'https://example.com/?a=1&b',
    ]);
    expect(await links.first().getAttribute('rel')).toContain('noopener');
    expect(await text('#cards')).toContain('<img src=x onerror="window.hacked=1">');
    expect(await text('#cards')).toContain('<script>window.hacked=1</script>');
    expect(await page.evaluate(() => /[\u001b\u202e]/.test(document.body.textContent))).toBe(false);
    expect(await alerts()).toBe('');
    expect(await scrollsSideways()).toBe(false);
  });
});

describe('pasting', () => {
  const delta = (id: string, delta: string) => JSON.stringify({ type: 'delta', kind: 'answer', id, delta });

  it('plays JSON lines', async () => {
    await paste([`${delta('1', 'hel')}\n${delta('2', 'wor')}\n${delta('1', 'lo\n')}\n${delta('2', 'ld')}`]);
    await until(`document.querySelector('#status').textContent.includes('1 connection of deltas')`);
    await seekEnd();
    expect(await page.locator('#cards .lines').allInnerTexts()).toStrictEqual(['hello', 'world']);
    expect(await page.locator('#recording').inputValue()).toBe('');
    expect(await code()).toContain('parseJSONLines()');
  });

  it('plays several connections at once, in different framings', async () => {
    await paste([`[${delta('1', 'one\n')}]`, `data: ${delta('1', 'two\n')}\n\n`]);
    await until(`document.querySelector('#status').textContent.includes('2 connections of deltas')`);
    await seekEnd();
    expect(await page.locator('#cards .lines').allInnerTexts()).toStrictEqual(['one', 'two']);
  });

  it.each([
    ['', 'There is no text yet.'],
    ['what is this', 'Line 1'],
    ['{"type":"delta"', 'Line 1'],
    ['[{"type":', 'no events'],
    ['data: hi\n\n', 'Choose one in the list'],
    ['\u0000\u001b[31m\ud800', 'Line 1'],
    ['<img src=x onerror=alert(1)>', 'Line 1'],
  ])('says what is wrong with %j, and leaves the dialog open', async (broken, message) => {
    await paste([broken]);
    expect(await page.locator('#paste-dialog').isVisible()).toBe(true);
    expect(await text('#paste-problem')).toContain(message);
    expect(await page.locator('#paste-problem').getAttribute('role')).toBe('alert');
    await page.fill('#paste-text-1', delta('1', 'right'));
    await page.click('#paste-dialog [type=submit]');
    await until(`document.querySelector('#status').textContent.includes('· 1 delta event ·')`);
    expect(await text('#paste-problem')).toBe('');
  });

  it('tells in the page which lines were passed over', async () => {
    await paste([`${delta('1', 'a\n')}\n{"broken\n${delta('1', 'b\n')}`]);
    await untilAlert('connection-1: Line 2');
    await seekEnd();
    expect(await page.locator('#cards .lines').allInnerTexts()).toStrictEqual(['a\n\nb']);
    await page.selectOption('#recording', 'Anthropic');
    await until(`document.querySelector('#problem').textContent === ''`);
  });

  it('opens files, and names their connections like them', async () => {
    await page.click('#paste');
    const files = ['one.jsonl', 'two <b>.jsonl'].map((name) => ({
      name,
      mimeType: 'application/jsonl',
      buffer: Buffer.from(delta('1', `${name}\n`)),
    }));
    await page.setInputFiles('#paste-files', files);
    await until(`document.querySelector('#status').textContent.includes('2 connections of deltas')`);
    expect(await page.locator('#paste-dialog').isVisible()).toBe(false);
    expect(await page.locator('#timeline .stream bdi').allInnerTexts()).toStrictEqual(['one/1', 'two <b>/1']);
    await page.click('#paste');
    await page.setInputFiles('#paste-files', {
      name: 'broken.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('?'),
    });
    await until(`document.querySelector('#paste-problem').textContent.includes('broken: Line 1')`);
  });

  it('takes a protocol that was chosen', async () => {
    await paste(['{"log":"from somewhere\\n","level":"info"}'], 'docker');
    await until(`document.querySelector('#status').textContent.includes('of docker')`);
  });

  it('puts in everything as text, and makes controls visible', async () => {
    const hostile =
      '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u001b[2J\u202egnp.exe';
    const events = [
      { type: 'delta', kind: hostile, id: hostile, delta: `${hostile}\n${hostile}` },
      { type: 'error', kind: hostile, id: hostile, error: hostile },
      { type: 'delta', kind: '__proto__', id: 'constructor', delta: 'x'.repeat(100_000) },
      { type: 'delta', kind: 'answer', id: '\u0301'.repeat(500), delta: '\u0301'.repeat(5_000) },
      { type: 'nothing', kind: {}, id: [hostile] },
      { type: 'delta', kind: 'answer', id: 'order', delta: 'a', order: [hostile] },
      null,
      hostile,
    ];
    await paste([events.map((event) => JSON.stringify(event)).join('\n')]);
    await until(`document.querySelector('#status').textContent.includes('of deltas')`);
    await page.check('[name="commitLines.tail"]');
    await untilCode('tail: true');
    await seekEnd();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('main img, main script, #timeline script').count()).toBe(0);
    expect(await text('#cards')).toContain('<img src=x');
    expect(await page.evaluate(() => /[\u001b\u202e]/.test(document.body.textContent))).toBe(false);
    expect(await scrollsSideways()).toBe(false);
    await page.uncheck('[name=scanTranscript]');
    await untilCode('Observable<Commit>');
    await seekEnd();
    expect(await text('#commits')).toContain('drop: malformed');
    expect(await page.evaluate(() => /[\u001b\u202e]/.test(document.body.textContent))).toBe(false);
  });
});

describe('recordings', () => {
  const delta = (id: string, delta: string) => JSON.stringify({ type: 'delta', kind: 'answer', id, delta });
  const chunk = (time: number, text: string) => `${JSON.stringify({ time, text, bytes: true })}\n`;
  const recording =
    chunk(0, `data: ${delta('1', 'hel')}\n\nda`) + chunk(1_500, `ta: ${delta('1', 'lo')}\n\n`);
  const fileOf = (name: string, text: string | Buffer) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(text),
  });

  async function open(...files: readonly ReturnType<typeof fileOf>[]): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#open')]);
    await chooser.setFiles([...files]);
  }

  async function drop(...files: readonly (readonly [name: string, text: string])[]): Promise<void> {
    const dataTransfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      files.forEach(([name, text]) => transfer.items.add(new File([text], name)));
      return transfer;
    }, files);
    await page.dispatchEvent('main', 'dragover', { dataTransfer });
    expect(await page.locator('html').getAttribute('class')).toBe('dropping');
    await page.dispatchEvent('main', 'drop', { dataTransfer });
    expect(await page.locator('html').getAttribute('class')).toBe('');
  }

  async function save(count: number): Promise<readonly (readonly [name: string, text: string])[]> {
    const downloads: Download[] = [];
    page.on('download', (download) => downloads.push(download));
    await page.click('#save');
    await expect.poll(() => downloads.length).toBe(count);
    return Promise.all(
      downloads.map(
        async (download) =>
          [download.suggestedFilename(), await readFile(await download.path(), 'utf8')] as const,
      ),
    );
  }

  const untilStatus = (part: string) =>
    until(`document.querySelector('#status').textContent.includes(${JSON.stringify(part)})`);

  it('are opened with the button, and keep the times of their chunks', async () => {
    await open(fileOf('bug.jsonl', recording));
    await untilStatus('1 connection of deltas · 2 delta events');
    expect(await text('#status')).toContain('1.50 s');
    await seek(1_400);
    expect(await text('#events-count')).toBe('1 of 2');
    await seekEnd();
    expect(await page.locator('#cards .lines').allInnerTexts()).toStrictEqual(['hello']);
    expect(await page.locator('#recording option:checked').innerText()).toBe('Opened');
    expect(await code()).toContain('parseSSE()');
  });

  it('are opened gzipped, and in UTF-16', async () => {
    await open(fileOf('bug.jsonl.gz', gzipSync(recording)));
    await untilStatus('2 delta events');
    await open(fileOf('wide.jsonl', Buffer.from(`\ufeff${delta('1', 'é\n')}\n`, 'utf16le')));
    await untilStatus('1 delta event ·');
    await seekEnd();
    expect(await page.locator('#cards .lines').allInnerTexts()).toStrictEqual(['é']);
  });

  it('are opened where they are dropped, several at once', async () => {
    await drop(['one.jsonl', recording], ['two.sse', `data: ${delta('1', 'two\n')}\n\n`]);
    await untilStatus('2 connections of deltas');
    expect(await page.locator('#timeline .stream bdi').allInnerTexts()).toStrictEqual(['one/1', 'two/1']);
  });

  it('say in the dialog what is wrong with them', async () => {
    await drop(['broken.jsonl', '{"time":0,"text":7}']);
    await until(`document.querySelector('#paste-problem').textContent.includes('broken: Line 1')`);
    expect(await page.locator('#paste-dialog').isVisible()).toBe(true);
    await page.click('#paste-cancel');
    expect(await text('#status')).toContain('3 connections of openai-responses');
  });

  it('leave text alone that is dropped', async () => {
    const dataTransfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', 'some text');
      return transfer;
    });
    const isPrevented = await page.evaluate((dataTransfer) => {
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector('main')?.dispatchEvent(event);
    }, dataTransfer);
    expect(isPrevented).toBe(false);
    expect(await page.locator('#paste-dialog').isVisible()).toBe(false);
  });

  it('are saved as they were opened', async () => {
    await open(fileOf('bug.sse.jsonl', recording));
    await untilStatus('2 delta events');
    expect(await save(1)).toStrictEqual([['bug.sse.jsonl', recording]]);
    expect(await text('#announcement')).toBe('Saved bug.sse.jsonl');
  });

  it('are saved of what the page has, a file for each connection, and play in the same time', async () => {
    await page.fill('#arrival-interval', '25');
    await page.fill('#arrival-stagger', '0');
    await until(`document.querySelector('#status').textContent.includes('2.45 s')`);
    const status = await text('#status');
    const saved = await save(3);
    expect(saved.map(([name]) => name).sort()).toStrictEqual([
      'turn-1.jsonl',
      'turn-2.jsonl',
      'turn-3.jsonl',
    ]);
    await page.click('[type=reset]');
    await page.selectOption('#recording', 'Anthropic');
    await page.fill('#arrival-stagger', '0');
    await open(...saved.map(([name, text]) => fileOf(name, text)));
    await untilStatus(status);
    expect(await page.locator('#recording option:checked').innerText()).toBe('Opened');
  });
});

describe('the code', () => {
  it('is copied', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('#copy');
    await until(`document.querySelector('#copy').textContent === 'Copied'`);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await page.locator('#code').evaluate(({ textContent }) => textContent),
    );
  });

  it('is selected where nothing may be copied', async () => {
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    await page.click('#copy');
    await until(`document.querySelector('#copy').textContent.startsWith('Selected')`);
    expect(await page.evaluate(() => getSelection()?.toString().trim())).toBe((await code()).trim());
  });
});

describe('with the keyboard alone', () => {
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');

  it('everything is reached in the order in which it stands', async () => {
    const seen: string[] = [];
    for (let presses = 0; presses < 16; presses++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    expect(seen).toStrictEqual([
      'recording',
      'paste',
      'open',
      'save',
      'play',
      'back',
      'forward',
      'time',
      'speed',
      'events',
      'cards',
      'copy',
      // The code, and the button that resets the form.
      '',
      '',
      'arrival-interval',
      'arrival-stagger',
    ]);
  });

  it('what has the focus is seen', async () => {
    for (let presses = 0; presses < 14; presses++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
        return `${outlineStyle} ${outlineWidth}`;
      });
      expect(outline).toBe('solid 2px');
    }
  });

  it('the space bar plays and pauses, wherever it is not needed', async () => {
    await page.keyboard.press('Space');
    expect(await text('#play')).toBe('Pause');
    await page.keyboard.press('Space');
    expect(await text('#play')).toBe('Play');
    for (const id of ['time', 'events', 'play']) {
      await page.focus(`#${id}`);
      await page.keyboard.press('Space');
      expect(await text('#play')).toBe('Pause');
      await page.keyboard.press('Space');
      expect(await text('#play')).toBe('Play');
    }
    for (const id of ['resequence-field', 'arrival-interval', 'commitLines-tail']) {
      await page.check('[name=resequence]');
      await page.focus(`#${id}`);
      await page.keyboard.press('Space');
      expect(await text('#play')).toBe('Play');
    }
    expect(await page.locator('#commitLines-tail').isChecked()).toBe(true);
  });

  it('the arrow keys move the slider', async () => {
    await page.focus('#time');
    await page.keyboard.press('Home');
    expect(await shownTime()).toBe(0);
    await page.keyboard.press('ArrowRight');
    const step = await shownTime();
    expect(step).toBeGreaterThan(0);
    await page.keyboard.press('PageUp');
    expect(await shownTime()).toBeGreaterThan(5 * step);
    await page.keyboard.press('End');
    expect(await page.locator('#cards .status.open').count()).toBe(0);
    expect(await page.locator('#time').getAttribute('aria-valuetext')).toMatch(/^(.+) of \1$/);
  });

  it('a recording is pasted', async () => {
    await page.focus('#paste');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('paste-text-1');
    await page.keyboard.type('{"type":"delta","kind":"answer","id":"1","delta":"typed"}');
    for (const id of ['paste-add', 'paste-files', 'paste-protocol', 'paste-cancel', '']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(id);
    }
    await page.keyboard.press('Enter');
    await until(`document.querySelector('#status').textContent.includes('1 connection of deltas')`);
    expect(await focused()).toBe('paste');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect(await page.locator('#paste-dialog').isVisible()).toBe(false);
    expect(await focused()).toBe('paste');
  });

  it('the lists are scrolled', async () => {
    await page.focus('#events');
    const top = () => page.locator('#events').evaluate(({ scrollTop }) => scrollTop);
    expect(await top()).toBeGreaterThan(0);
    await page.keyboard.press('Home');
    await until(`document.querySelector('#events').scrollTop === 0`);
  });
});

describe('for those who listen', () => {
  it('everything that is used has a name', async () => {
    for (const operator of ['resequence', 'orderStreams', 'paceLines']) {
      await page.check(`[name=${operator}]`);
      // Its fields move what is below them.
      await untilCode(`${operator}(`);
    }
    const nameless = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'button, input, select, textarea, [role=region], [role=img]',
        ),
      ]
        .filter((each) => {
          const labels = 'labels' in each ? [...((each as HTMLInputElement).labels ?? [])] : [];
          const id = each.getAttribute('aria-labelledby');
          const names = [
            each.getAttribute('aria-label'),
            id === null ? '' : document.getElementById(id)?.textContent,
            each.matches('button') ? each.textContent : '',
            ...labels.map(({ textContent }) => textContent),
          ];
          return names.every((name) => (name ?? '').trim() === '');
        })
        .map(({ outerHTML }) => outerHTML),
    );
    expect(nameless).toStrictEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'and for those who see little, texts stand out in the %s colors',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.check('[name=paceLines]');
      await seekEnd();
      const faint = await page.evaluate(() => {
        const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
        const luminance = (color: string) => {
          const [red = 0, green = 0, blue = 0] = numbers(color).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const background = (each: Element | null): string => {
          const color = each === null ? 'rgb(255, 255, 255)' : getComputedStyle(each).backgroundColor;
          return numbers(color)[3] === 0 ? background(each?.parentElement ?? null) : color;
        };
        return [...document.querySelectorAll<HTMLElement>('body *:not(option, script)')]
          .filter(
            (each) =>
              each.offsetParent !== null &&
              [...each.childNodes].some(
                ({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim() !== '',
              ),
          )
          .map((each) => {
            const [light = 0, dark = 0] = [
              luminance(getComputedStyle(each).color),
              luminance(background(each)),
            ].sort((a, b) => b - a);
            return { text: each.textContent, contrast: (light + 0.05) / (dark + 0.05) };
          })
          .filter(({ contrast }) => contrast < 4.5);
      });
      expect(faint).toStrictEqual([]);
    },
  );
});
