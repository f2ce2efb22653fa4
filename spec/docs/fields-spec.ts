import { describe, expect, it } from 'vitest';

import { Code, type Field, initialValues, readOptions, writeCall } from '../../docs/live/fields.js';

const fields: readonly Field[] = [
  { name: 'tail', type: 'flag' },
  { name: 'tables', type: 'flag', default: 'on' },
  { name: 'softCommit.chars', type: 'number', default: 'none' },
  { name: 'softCommit.after', type: 'number', default: 'none' },
  { name: 'reconcile', type: 'choice', choices: ['revise', 'keep'] },
  { name: 'pointers', type: 'list', default: 'all', value: '/a' },
];

describe('the form of a live example', () => {
  it('begins with the values of the example, or else with the defaults', () => {
    expect(initialValues(fields)).toStrictEqual({
      tail: '',
      tables: 'on',
      'softCommit.chars': '',
      'softCommit.after': '',
      reconcile: 'revise',
      pointers: '/a',
    });
  });

  it.each([
    [{}, {}],
    [{ tail: 'on' }, { tail: true }],
    [{ tables: '' }, { tables: false }],
    [{ 'softCommit.chars': ' 20 ' }, { softCommit: { chars: 20 } }],
    [{ 'softCommit.chars': '20', 'softCommit.after': '5' }, { softCommit: { chars: 20, after: 5 } }],
    [{ 'softCommit.after': 'Infinity' }, { softCommit: { after: Infinity } }],
    [{ 'softCommit.after': 'soon' }, { softCommit: { after: NaN } }],
    [{ reconcile: 'keep' }, { reconcile: 'keep' }],
    [{ pointers: ' /a  /b ' }, { pointers: ['/a', '/b'] }],
  ])('of %o gives the options %o', (values, options) => {
    expect(readOptions(fields, { ...initialValues(fields), pointers: '', ...values })).toStrictEqual(options);
  });
});

describe('a call as code', () => {
  it.each([
    [{}, [], 'scan()'],
    [{}, ['ref'], 'scan(ref)'],
    [{ tail: true, every: 5 }, ['ref'], 'scan(ref, { tail: true, every: 5 })'],
    [{ softCommit: { chars: 20 } }, [], 'scan({ softCommit: { chars: 20 } })'],
    [{ kinds: ["it's", 'a\\b'] }, [], String.raw`scan({ kinds: ['it\'s', 'a\\b'] })`],
    [{ policy: new Code('fixedPace(2)') }, [], 'scan({ policy: fixedPace(2) })'],
  ])('with %o after %o', (options, others, code) => {
    expect(writeCall('scan', options, ...others)).toBe(code);
  });
});
