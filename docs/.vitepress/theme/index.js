import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';

import './style.css';

/** @type {import('vitepress').Theme} */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    // It brings the library with them, which most pages do not need.
    app.component(
      'LiveExample',
      defineAsyncComponent(() => import('./LiveExample.vue')),
    );
  },
};
