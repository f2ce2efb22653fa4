import { mkdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
} from '@microsoft/api-extractor';

/**
 * Writes to `api/` what each entry of the package exports, with all types, as the declarations in `dist/` have it. With
 * `--check` it compares, and fails when something differs: a change of what users see is then a change of a file that is
 * reviewed.
 */
const isCheck = process.argv.includes('--check');
const root = fileURLToPath(new URL('..', import.meta.url));
const packageJsonFullPath = resolve(root, 'package.json');
const reportFolder = resolve(root, 'api');
const reportTempFolder = resolve(root, 'reports/api');

/** @type {(text: string) => { exports: Record<string, { import: { types: string } } | string> }} */
const parseManifest = JSON.parse;
const manifest = parseManifest(readFileSync(packageJsonFullPath, 'utf8'));

mkdirSync(reportFolder, { recursive: true });
mkdirSync(reportTempFolder, { recursive: true });

for (const entry of Object.values(manifest.exports)) {
  if (typeof entry !== 'string') {
    report(entry.import.types);
  }
}

/** @param {string} declarations */
function report(declarations) {
  const reportFileName = `${basename(declarations, '.d.ts')}.api.md`;
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: resolve(root, declarations),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2022', 'DOM'],
            module: 'NodeNext',
            types: [],
            strict: true,
            skipLibCheck: true,
          },
          files: [declarations],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder,
        reportTempFolder,
        reportFileName,
        includeForgottenExports: true,
      },
      // Documentation is the matter of the linter and of the site.
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback(message) {
      // The console only tells of the progress, and in its own way that the report differs.
      message.handled = message.category === ExtractorMessageCategory.Console;
    },
  });
  if (isCheck && apiReportChanged) {
    console.error(`api/${reportFileName} is not what is exported: run npm run api and review what changes.`);
  }
  if (!succeeded) {
    process.exitCode = 1;
  }
}
