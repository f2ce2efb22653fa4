import axe from 'axe-core';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startChromium } from './chromium';
import { focusedElement, nameFocusableElements } from './focus';
import { builtPages, fileOf, serveSite, type Site } from './site';

/** The pages that are opened, with the most kilobytes that each may transfer until it is loaded, compressed. */
const opened = [
  { path: '/', budget: 220 },
  { path: '/which-operator', budget: 200 },
  { path: '/operators/commitLines', budget: 240 },
  { path: '/playground/', budget: 150 },
] as const;

const colorSchemes = ['light', 'dark'] as const;
const visits = opened.flatMap(({ path }) => colorSchemes.map((colorScheme) => ({ path, colorScheme })));

let browser: Browser;
let site: Site;
let context: BrowserContext | undefined;
let complaints: string[] = [];

beforeAll(async () => {
  browser = await startChromium();
  site = await serveSite();
  return async () => {
    await browser.close();
    await site.close();
  };
});

beforeEach(() => {
  complaints = [];
});

afterEach(async () => {
  await context?.close();
  expect(complaints).toStrictEqual([]);
});

/** Opens a page, and collects what goes wrong in it. */
async function open(
  path: string,
  { width = 1280, ...options }: Parameters<Browser['newContext']>[0] & { width?: number } = {},
): Promise<Page> {
  context = await browser.newContext({
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) {
      complaints.push(`${response.status()}: ${response.url()}`);
    }
  });
  await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' });
  return page;
}

describe.each(visits)('$path in $colorScheme colors', ({ path, colorScheme }) => {
  it('has no violations of WCAG 2.2 AA that axe finds', async () => {
    const page = await open(path, { colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        // The search button of VitePress shows its key beside its name.
        rules: { 'label-content-name-mismatch': { enabled: false } },
      }),
    );
    const summary = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
    }));
    expect(summary).toStrictEqual([]);
  });

  it('shows which element has the focus, and reaches each with Tab', async () => {
    const page = await open(path, { colorScheme });
    const expected = await page.evaluate(nameFocusableElements);
    const reached = new Set<string>();
    const unmarked: string[] = [];
    for (let count = 0; count < expected.length + 20; count++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(focusedElement);
      if (focused !== undefined) {
        reached.add(focused.name);
        if (!focused.isMarked) {
          unmarked.push(focused.name);
        }
      }
    }
    expect(unmarked).toStrictEqual([]);
    expect(expected.filter((name) => !reached.has(name))).toStrictEqual([]);
  });
});

describe.each(opened)('$path', ({ path, budget }) => {
  it.each([390, 768])('fits a width of %i pixels', async (width) => {
    const page = await open(path, { width });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it(`transfers at most ${budget} kB until it is loaded, without the pages that it fetches ahead`, async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    const transfers: Promise<Transfer>[] = [];
    page.on('requestfinished', (request) => transfers.push(transferOf(request)));
    await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' });
    const needed = (await Promise.all(transfers)).filter(({ isAhead }) => !isAhead);
    const list = needed.map(({ url, size }) => `${Math.round(size / 1000)} kB ${url}`).join('\n');
    expect(needed.map(({ url }) => url)).toContain(`${site.origin}${path}`);
    expect(needed.reduce((sum, { size }) => sum + size, 0) / 1000, list).toBeLessThanOrEqual(budget);
  });
});

interface Transfer {
  readonly url: string;
  readonly size: number;
  /** Whether it is fetched for a page that a link leads to. */
  readonly isAhead: boolean;
}

async function transferOf(request: Request): Promise<Transfer> {
  const headers = await request.allHeaders();
  const { responseHeadersSize, responseBodySize } = await request.sizes();
  return {
    url: request.url(),
    size: responseHeadersSize + responseBodySize,
    isAhead: (headers['sec-purpose'] ?? headers['purpose'])?.includes('prefetch') === true,
  };
}

describe('the live example', () => {
  it('runs what is typed, and keeps the last output while the input is wrong', async () => {
    const page = await open('/operators/commitLines');
    const output = page.locator('.live-example .output');
    const input = page.getByLabel('Input, one event a line');
    await input.fill('1: "typed');
    await page.getByText('Line 1 must be like').waitFor();
    expect(await output.innerText()).toContain('world');
    await input.fill('1: "typed\\n"');
    await output.getByText('"typed\\n"').waitFor();
    expect(await output.innerText()).not.toContain('world');
  });

  it('shows the code of the options, and what the operator says about wrong ones', async () => {
    const page = await open('/operators/commitLines');
    await page.getByLabel('tail').check();
    await page.getByLabel('maxLineLength').fill('3');
    const code = page.locator('.live-example .code');
    expect(await code.innerText()).toBe('commitLines({ tail: true, maxLineLength: 3 })');
    expect(await page.locator('.live-example .output').innerText()).toContain('"hel"');
    await page.getByLabel('maxLineLength').fill('1');
    await page.getByText('The option maxLineLength is 1').waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(await code.innerText()).toBe('commitLines()');
  });

  it('has its input and output without JavaScript too', async () => {
    const page = await open('/operators/commitLines', { javaScriptEnabled: false });
    expect(await page.locator('.live-example textarea').inputValue()).toContain('1: "hello');
    expect(await page.locator('.live-example .output').innerText()).toContain('"world"');
  });
});

describe('the picture of the bug', () => {
  const wrong = (page: Page) => page.locator('.bug-and-fix .wrong').innerText();

  it('rests on its end for readers who want less motion, and without JavaScript', async () => {
    for (const options of [{ reducedMotion: 'reduce' }, { javaScriptEnabled: false }] as const) {
      const page = await open('/', options);
      expect(await wrong(page)).toContain('ParisA whale is the is a capital mammal.');
      await context?.close();
    }
  });

  it('plays once, and again at the press of a button', async () => {
    const page = await open('/', { reducedMotion: 'no-preference' });
    const end = page.locator('.bug-and-fix .wrong').getByText('of France.');
    await end.waitFor();
    await page.getByRole('button', { name: 'Play again' }).click();
    expect(await wrong(page)).not.toContain('of France.');
    await end.waitFor();
  });
});

describe('the playground', () => {
  it('is reached from the navigation, and leads back', async () => {
    const page = await open('/');
    await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
    await page.locator('#cards article').first().waitFor();
    await page.getByRole('link', { name: 'Documentation' }).click();
    await page.locator('.bug-and-fix').waitFor();
  });
});

describe('the search', () => {
  it('finds an operator', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.getByRole('searchbox').fill('paceLines');
    const result = page.locator('#localsearch-list [role=option] a').first();
    await result.waitFor();
    expect(await result.getAttribute('href')).toContain('/operators/paceLines');
  });
});

const pages = builtPages();

describe('the pages', () => {
  it('are all built, with the playground', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/',
        '/which-operator',
        '/changelog',
        '/playground/',
        '/operators/commitLines',
      ]),
    );
  });

  it('have a title and a description, and the pages that are written by hand one of their own', () => {
    const heads = pages.map(({ path, html }) => ({
      path,
      title: textOf(/<title>([^<]*)<\/title>/, html),
      description: textOf(/<meta name="description" content="([^"]*)"/, html),
    }));
    expect(heads.filter(({ title, description }) => title === '' || description === '')).toStrictEqual([]);
    const written = heads.filter(({ path }) => !path.startsWith('/reference/'));
    for (const head of ['title', 'description'] as const) {
      const repeated = written.filter((page) =>
        written.some((other) => other !== page && other[head] === page[head]),
      );
      expect(repeated).toStrictEqual([]);
    }
  });

  it('link only to pages and headings of the site that exist', () => {
    const dead = pages.flatMap(({ path, html }) =>
      linksOf(html)
        .filter((link) => isDead(link, path))
        .map((link) => `${path}: ${link}`),
    );
    expect(dead).toStrictEqual([]);
  });
});

function textOf(pattern: RegExp, html: string): string {
  return pattern.exec(html)?.[1]?.trim() ?? '';
}

function linksOf(html: string): readonly string[] {
  return [...new Set([...html.matchAll(/<a\b[^>]*? href="([^"]*)"/g)].map(([, link = '']) => link))];
}

function isDead(link: string, path: string): boolean {
  const { origin, pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `http://site${path}`);
  if (origin !== 'http://site') {
    return false;
  }
  const target = pages.find((page) => page.path === pathname);
  if (target === undefined) {
    return fileOf(pathname) === undefined;
  }
  return hash !== '' && !target.html.includes(`id="${decodeURIComponent(hash.slice(1))}"`);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
