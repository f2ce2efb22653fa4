import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';

import './style.css';
import './landing.css';

/** @type {import('vitepress').Theme} */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    // They bring the library with them, which most pages do not need.
    app.component(
      'BugAndFix',
      defineAsyncComponent(() => import('./BugAndFix.vue')),
    );
    app.component(
      'LiveExample',
      defineAsyncComponent(() => import('./LiveExample.vue')),
    );
  },
};
