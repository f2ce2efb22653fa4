import { readConnection } from './readConnection';
import type { Recording } from './recording';

const texts = import.meta.glob<string>('../../recordings/*', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const choices: readonly { readonly title: string; readonly files: readonly string[] }[] = [
  { title: 'Three answers at once', files: ['turn-1.sse', 'turn-2.sse', 'turn-3.sse'] },
  { title: 'Two files at once', files: ['two-files.sse'] },
  { title: 'OpenAI Responses', files: ['openai-responses.sse'] },
  { title: 'OpenAI Chat', files: ['openai-chat.sse'] },
  { title: 'Anthropic', files: ['anthropic.sse'] },
  { title: 'Gemini', files: ['gemini.json'] },
  { title: 'AI SDK', files: ['ai-sdk.sse'] },
  { title: 'AG-UI', files: ['ag-ui.sse'] },
  { title: 'Codex', files: ['codex.jsonl'] },
  { title: 'Claude Code', files: ['claude-code.jsonl'] },
  { title: 'go test -json', files: ['go-test.jsonl'] },
  { title: 'Docker', files: ['docker.jsonl'] },
];

export const recordingTitles: readonly string[] = choices.map(({ title }) => title);

/** The bundled recording with this title; its text comes from examples/recordings. */
export function bundledRecording(title: string): Recording {
  const files = choices.find((choice) => choice.title === title)?.files ?? [];
  const results = files.map((file) =>
    readConnection(file.replace(/\.\w+$/, ''), texts[`../../recordings/${file}`] ?? ''),
  );
  return {
    title,
    connections: results.flatMap(({ connection }) => connection ?? []),
    problems: results.flatMap(({ problems }) => problems),
  };
}
