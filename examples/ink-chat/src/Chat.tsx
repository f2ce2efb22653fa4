import type { StreamRef } from 'deltalines';
import { Box, Static, Text, useStdin } from 'ink';
import TextInput from 'ink-text-input';
import { useState } from 'react';
import type { Observable } from 'rxjs';

import type { Growing, Row, View } from './conversation.js';
import { useObservable } from './useObservable.js';

export interface ChatProps {
  readonly views: Observable<View>;
  readonly ask: (question: string) => void;
}

const NOTHING: View = { rows: [], growing: [] };

/** What is finished goes up and away, what grows stays below it, and at the bottom is the next question. */
export function Chat({ views, ask }: ChatProps) {
  const { rows, growing } = useObservable(views, NOTHING);
  const { isRawModeSupported } = useStdin();
  return (
    <>
      <Static items={[...rows]}>{(row, index) => <FinishedRow key={index} row={row} />}</Static>
      {growing.map((one) => (
        <GrowingRow key={`${one.stream.kind} ${one.stream.id}`} growing={one} />
      ))}
      {isRawModeSupported && <Question ask={ask} />}
    </>
  );
}

function FinishedRow({ row: { kind, text, isFirst } }: { readonly row: Row }) {
  switch (kind) {
    case 'question':
      return (
        <Box marginTop={1}>
          <Text color="cyan">{isFirst ? '> ' : '  '}</Text>
          <Text bold>{text}</Text>
        </Box>
      );
    case 'problem':
      return <Text color="red">! {text}</Text>;
    case 'answer':
      return <Text>{text === '' ? ' ' : text}</Text>;
    default:
      return (
        <Text dimColor italic>
          {text === '' ? ' ' : text}
        </Text>
      );
  }
}

function GrowingRow({ growing: { stream, lines, tail } }: { readonly growing: Growing }) {
  return (
    <Box>
      <Box flexShrink={0}>
        <Text color="yellow">
          {turnOf(stream)} {stream.kind} {lines}{' '}
        </Text>
      </Box>
      <Text wrap="truncate-start">{tail}</Text>
    </Box>
  );
}

/** The connection stands first in the id, and is named after the turn. */
function turnOf({ id }: StreamRef): string {
  return id.split('/', 1).join();
}

function Question({ ask }: { readonly ask: (question: string) => void }) {
  const [text, setText] = useState('');
  const submit = (question: string) => {
    if (question.trim() !== '') {
      ask(question.trim());
      setText('');
    }
  };
  return (
    <Box marginTop={1}>
      <Text color="cyan">{'> '}</Text>
      <TextInput value={text} onChange={setText} onSubmit={submit} placeholder="Ask something" />
    </Box>
  );
}
