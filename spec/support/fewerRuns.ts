import fc from 'fast-check';

// Shrinking a counterexample takes long, and a mutant is killed without it.
fc.configureGlobal({ numRuns: 20, endOnFailure: true });
