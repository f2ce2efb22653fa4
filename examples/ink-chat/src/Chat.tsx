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

function FinishedRow({ row: { kind, block, text, isFirst } }: { readonly row: Row }) {
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
    default:
      return (
        <Box marginTop={isFirst ? 0 : 1}>
          <BlockText block={block} text={text} isDim={kind !== 'answer'} />
        </Box>
      );
  }
}

/** The source of a block, drawn by its type. */
function BlockText({ block, text, isDim }: Pick<Row, 'block' | 'text'> & { readonly isDim: boolean }) {
  switch (block) {
    case 'heading':
      return (
        <Text bold dimColor={isDim}>
          {text}
        </Text>
      );
    case 'code':
      return (
        <Text color="green" dimColor={isDim}>
          {text}
        </Text>
      );
    default:
      return (
        <Text dimColor={isDim} italic={isDim || block === 'blockquote'}>
          {text}
        </Text>
      );
  }
}

function GrowingRow({ growing: { stream, blocks, draft } }: { readonly growing: Growing }) {
  return (
    <Box>
      <Box flexShrink={0}>
        <Text color="yellow">
          {turnOf(stream)} {stream.kind} {blocks}{' '}
        </Text>
      </Box>
      <Box flexDirection="column">
        {draft.map((line, index) => (
          <Text key={index} wrap="truncate-start">
            {line === '' ? ' ' : line}
          </Text>
        ))}
      </Box>
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
