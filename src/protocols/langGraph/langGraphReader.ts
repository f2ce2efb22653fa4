import { readList } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { ContentBlocks } from './contentBlocks.js';
import { type LangGraphKind, readLangGraphEvent } from './langGraphEvent.js';
import { MessageTuples } from './messageTuples.js';

/** Reads the events of consecutive runs. Both protocols have a mode `messages`, with different payloads. */
export class LangGraphReader implements ConnectionReader {
  private readonly tuples: MessageTuples;
  private readonly blocks: ContentBlocks;

  constructor(output: DeltaOutput<LangGraphKind>) {
    this.tuples = new MessageTuples(output);
    this.blocks = new ContentBlocks(output);
  }

  read(value: unknown): void {
    const event = readLangGraphEvent(value);
    if (event === undefined) {
      return;
    }
    const { mode, payload, params } = event;
    if (params !== undefined) {
      this.blocks.read(mode, payload, params);
      return;
    }
    switch (mode) {
      case 'messages':
        this.tuples.read(readList({ payload }, 'payload')[0], false);
        break;
      case 'messages/partial':
      case 'messages/complete':
        for (const message of readList({ payload }, 'payload')) {
          this.tuples.read(message, true);
          if (mode === 'messages/complete') {
            this.tuples.endMessage(message);
          }
        }
        break;
      case 'values':
      case 'updates':
        this.tuples.readState(mode, payload);
        break;
      case 'error':
        this.tuples.failAll(payload);
        break;
      case 'end':
        this.tuples.endAll();
        break;
      default:
        break;
    }
  }

  flush(): void {
    this.tuples.flush();
    this.blocks.flush();
  }
}
