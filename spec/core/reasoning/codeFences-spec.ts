import { describe, expect, it } from 'vitest';

import { CodeFences } from '../../../src/core/reasoning/codeFences.js';

function isInCodeAfter(text: string): boolean {
  const fences = new CodeFences();
  for (const character of text) {
    fences.read(character);
  }
  return fences.isInCode;
}

describe('CodeFences', () => {
  it.each([
    '```\n',
    '```js\nx',
    '~~~\n```\n',
    '   ```\n',
    'a\n```\nb\n',
    '```\n``\n',
    '````\n```\n',
    '```\n~~~\n',
    '```\n``` x\n',
    '```\n```  x\n',
    '```\n```x\n',
    '```\n    ```\n',
    '```',
    '```js',
    '```\r\n',
    '~~~ `x`\n',
  ])('detects that %j is in code', (text) => {
    expect(isInCodeAfter(text)).toBe(true);
  });

  it.each([
    '',
    'a ```\n',
    '`',
    '``',
    '``\n',
    '``x',
    'xxx\n',
    '    ```\n',
    '``` `x`',
    '``` `x`\n',
    '```x```\n',
    '```\n```\n',
    '```\n````  \n',
    '```\r\n```\r\n',
    '```\n```\t\n',
    '~~~\n~~~~\n',
    '```\na\n```\nb',
    '`` `\n',
  ])('detects that %j is not in code', (text) => {
    expect(isInCodeAfter(text)).toBe(false);
  });
});
