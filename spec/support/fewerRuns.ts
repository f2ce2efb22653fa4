import fc from 'fast-check';

// Shrinking a counterexample is slow, and not needed to kill a mutant.
fc.configureGlobal({ numRuns: 20, endOnFailure: true });
