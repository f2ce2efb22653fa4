import { describe, expect, it } from 'vitest';

import { draw, MARBLE_COLORS } from '../../scripts/marbles/drawing.js';
import { layOut } from '../../scripts/marbles/layout.js';
import type { Example, TimedMarble, Track } from '../../scripts/marbles/recording.js';

const example: Example = {
  operator: 'map',
  description: 'A "map" & more.',
  legend: {},
  run: () => undefined,
};

function drawTrack(marbles: TimedMarble[], end: Track['end'] = 'complete'): string {
  const sources = [{ title: 'events', marbles, from: 0, to: 10, end }];
  return draw(
    layOut({ example, sources, sections: [{ call: 'map(<T>)', outputs: [] }] }),
    example.description,
  );
}

/** The contrast ratio of two colors, as the Web Content Accessibility Guidelines define it. */
function contrast(one: string, other: string): number {
  const [light = NaN, dark = NaN] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((start) => {
    const part = parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('a drawing', () => {
  it('escapes each text', () => {
    const svg = drawTrack([{ row: 'a', type: 'line', text: '<b> & "x"', time: 5 }]);
    expect(svg).toContain('>&lt;b> &amp; &quot;x&quot;</text>');
    expect(svg).toContain('aria-label="A &quot;map&quot; &amp; more."');
    expect(svg).toContain('>map(&lt;T>)</text>');
  });

  it('closes each element that it opens', () => {
    const svg = drawTrack([{ row: 'a', type: 'line', text: 'x', time: 5 }], 'error');
    const open: string[] = [];
    for (const [, slash, name = '', rest = ''] of svg.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
      if (slash === '/') {
        expect(open.pop()).toBe(name);
      } else if (!rest.endsWith('/')) {
        open.push(name);
      }
    }
    expect(open).toStrictEqual([]);
    expect(svg.match(/<text/g)).toHaveLength(4);
  });

  it('has a bar for completion and a cross for an error', () => {
    expect(drawTrack([])).toContain('<line class="complete"');
    expect(drawTrack([])).not.toContain('class="error"');
    expect(drawTrack([], 'error')).toContain('<path class="error"');
    expect(drawTrack([], 'unsubscribe')).not.toMatch(/class="(complete|error)"/);
  });

  it('has colors for the light and the dark color scheme, and no external resource', () => {
    const svg = drawTrack([{ row: 'a', type: 'line', text: 'x', time: 5 }]);
    const [light, dark] = svg.split('@media (prefers-color-scheme: dark)');
    expect(light).toContain(`.line rect { fill: ${MARBLE_COLORS.line.light.fill}`);
    expect(dark).toContain(`.line rect { fill: ${MARBLE_COLORS.line.dark.fill}`);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });

  it.each(Object.entries(MARBLE_COLORS))('has readable texts on %s', (_, { light, dark }) => {
    expect(contrast(light.text, light.fill)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark.text, dark.fill)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(MARBLE_COLORS))('has visible edges of %s', (_, { light, dark }) => {
    expect(contrast(light.stroke, '#ffffff')).toBeGreaterThanOrEqual(3);
    expect(contrast(dark.stroke, '#0d1117')).toBeGreaterThanOrEqual(3);
  });
});
