import fc from 'fast-check';

import { commitLines } from '../../src/index.js';
import { composed } from '../support/forms.js';
import { type Scenario, scenario } from './commands.js';
import { checkConformance, type Forms } from './conformance.js';

/** The forms of the library. */
export const forms: Forms = {
  whole: commitLines,
  composed: (options, onDrop) => composed({ ...options, onDrop }),
};

/** Selects scenarios: a seed always generates the same ones, and a path names one of them. */
export interface Draw {
  readonly seed: number;
  readonly path?: string | undefined;
  readonly numRuns: number;
}

/** A minimal scenario in which a form differs from the model. */
export interface Finding {
  readonly seed: number;
  readonly path: string;
  readonly scenario: Scenario;
  /** The commands and outputs of the run, and the difference. */
  readonly story: string;
}

/** Runs scenarios until one fails, and shrinks that one. */
export function search(ofForms: Forms, { seed, path = '', numRuns }: Draw): Finding | undefined {
  const property = fc.property(scenario, (drawn) => {
    checkConformance(ofForms, drawn);
  });
  const details = fc.check(property, { seed, path, numRuns });
  if (!details.failed) {
    return undefined;
  }
  if (details.counterexample === null) {
    throw new Error('The search was interrupted');
  }
  const { counterexample, counterexamplePath, errorInstance } = details;
  return {
    seed: details.seed,
    path: counterexamplePath,
    scenario: counterexample[0],
    story: errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
  };
}

/** Formats a finding, with the command that reproduces it. */
export function report({ seed, path, story }: Finding): string {
  return `${story}\n\nRun this one again: npm run soak -- --seed ${seed} --path ${path}\n`;
}
