import { readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { GeminiLive } from './geminiLive.js';
import { OpenAIRealtime } from './openAIRealtime.js';
import type { RealtimeKind } from './realtimeKind.js';

/** Reads one connection. Events of OpenAI have a type, and messages of Gemini have none. */
export class RealtimeReader implements ConnectionReader {
  private readonly openAI: OpenAIRealtime;
  private readonly gemini: GeminiLive;

  constructor(output: DeltaOutput<RealtimeKind>) {
    this.openAI = new OpenAIRealtime(output);
    this.gemini = new GeminiLive(output);
  }

  read(event: unknown): void {
    const type = readText(event, 'type');
    if (type === undefined) {
      this.gemini.read(event);
    } else {
      this.openAI.read(type, event);
    }
  }

  flush(): void {
    this.openAI.flush();
  }
}
