import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { recordedAnswers } from './answers';
import { App } from './App';

const root = document.querySelector('#root');
if (root === null) {
  throw new Error('The page has no element with the id root');
}
// An observable that stays the same: an effect subscribes to it anew when it is another one.
const commits$ = recordedAnswers();
createRoot(root).render(
  <StrictMode>
    <App commits$={commits$} />
  </StrictMode>,
);
