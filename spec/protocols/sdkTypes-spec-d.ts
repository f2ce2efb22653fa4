import type { Readable } from 'node:stream';

import type { StreamResponse, TaskArtifactUpdateEvent } from '@a2a-js/sdk';
import type { AGUIEvent, BaseEvent } from '@ag-ui/core';
import type {
  AnyMessage,
  PromptRequest,
  PromptResponse,
  SessionNotification,
} from '@agentclientprotocol/sdk';
import type Anthropic from '@anthropic-ai/sdk';
import type { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { GenerateContentResponse, LiveServerMessage } from '@google/genai';
import type { MessagesTupleStreamEvent, ValuesStreamEvent } from '@langchain/langgraph-sdk';
import type { AsyncIterableStream, UIMessageChunk } from 'ai';
import type { Cohere } from 'cohere-ai';
import type { ChatResponse, GenerateResponse } from 'ollama';
import type OpenAI from 'openai';
import type { RealtimeServerEvent, RealtimeTranslationServerEvent } from 'openai/resources/realtime/realtime';
import type { Stream } from 'openai/streaming';
import type { Observable, OperatorFunction } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import { expectTypeOf } from 'vitest';

import { type Commit, commitLines, type DeltaEvent } from '../../src/index.js';
import {
  type A2AKind,
  type ACPKind,
  type AGUIKind,
  type AISDKKind,
  type AnthropicKind,
  type BedrockKind,
  type CohereKind,
  fromA2A,
  fromACP,
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromBedrock,
  fromClaudeCode,
  fromCodex,
  fromCohere,
  fromDocker,
  fromEventSource,
  fromGemini,
  fromGoTest,
  fromLangGraph,
  fromOllama,
  fromKubernetes,
  fromMCP,
  fromOpenAIChat,
  fromOpenAIResponses,
  fromRealtime,
  fromResponse,
  fromStream,
  type GeminiKind,
  type LangGraphKind,
  type OllamaKind,
  type MCPKind,
  type OpenAIChatKind,
  type OpenAIResponsesKind,
  type RealtimeKind,
  type ServerSentEvent,
} from '../../src/protocols/index.js';

// Each operator takes the events of the SDK as they are.
declare const responseEvents: Observable<OpenAI.Responses.ResponseStreamEvent>;
expectTypeOf(responseEvents.pipe(fromOpenAIResponses())).toEqualTypeOf<
  Observable<DeltaEvent<OpenAIResponsesKind>>
>();

declare const chatChunks: Observable<OpenAI.Chat.ChatCompletionChunk>;
expectTypeOf(chatChunks.pipe(fromOpenAIChat())).toEqualTypeOf<Observable<DeltaEvent<OpenAIChatKind>>>();

declare const completions: Observable<OpenAI.Completion>;
expectTypeOf(completions.pipe(fromOpenAIChat())).toEqualTypeOf<Observable<DeltaEvent<OpenAIChatKind>>>();

declare const messageEvents: Observable<Anthropic.RawMessageStreamEvent>;
expectTypeOf(messageEvents.pipe(fromAnthropic())).toEqualTypeOf<Observable<DeltaEvent<AnthropicKind>>>();

declare const converseEvents: Observable<ConverseStreamOutput>;
expectTypeOf(converseEvents.pipe(fromBedrock())).toEqualTypeOf<Observable<DeltaEvent<BedrockKind>>>();

declare const cohereEvents: Observable<Cohere.V2ChatStreamResponse>;
expectTypeOf(cohereEvents.pipe(fromCohere())).toEqualTypeOf<Observable<DeltaEvent<CohereKind>>>();

declare const realtimeEvents: Observable<RealtimeServerEvent | RealtimeTranslationServerEvent>;
expectTypeOf(realtimeEvents.pipe(fromRealtime())).toEqualTypeOf<Observable<DeltaEvent<RealtimeKind>>>();

declare const liveMessages: Observable<LiveServerMessage>;
expectTypeOf(liveMessages.pipe(fromRealtime())).toEqualTypeOf<Observable<DeltaEvent<RealtimeKind>>>();

declare const ollamaChunks: Observable<ChatResponse | GenerateResponse>;
expectTypeOf(ollamaChunks.pipe(fromOllama())).toEqualTypeOf<Observable<DeltaEvent<OllamaKind>>>();

declare const langGraphEvents: Observable<MessagesTupleStreamEvent | ValuesStreamEvent<object>>;
expectTypeOf(langGraphEvents.pipe(fromLangGraph())).toEqualTypeOf<Observable<DeltaEvent<LangGraphKind>>>();

declare const contents: Observable<GenerateContentResponse>;
expectTypeOf(contents.pipe(fromGemini())).toEqualTypeOf<Observable<DeltaEvent<GeminiKind>>>();

declare const uiChunks: Observable<UIMessageChunk>;
expectTypeOf(uiChunks.pipe(fromAISDK())).toEqualTypeOf<Observable<DeltaEvent<AISDKKind>>>();

declare const agentEvents: Observable<AGUIEvent>;
expectTypeOf(agentEvents.pipe(fromAGUI())).toEqualTypeOf<Observable<DeltaEvent<AGUIKind>>>();

declare const baseEvents: Observable<BaseEvent>;
expectTypeOf(baseEvents.pipe(fromAGUI())).toEqualTypeOf<Observable<DeltaEvent<AGUIKind>>>();

declare const agentMessages: Observable<AnyMessage | SessionNotification | PromptRequest | PromptResponse>;
expectTypeOf(agentMessages.pipe(fromACP())).toEqualTypeOf<Observable<DeltaEvent<ACPKind>>>();

declare const taskUpdates: Observable<StreamResponse | TaskArtifactUpdateEvent>;
expectTypeOf(taskUpdates.pipe(fromA2A())).toEqualTypeOf<Observable<DeltaEvent<A2AKind>>>();

// The kinds of a producer are the kinds of the commits.
expectTypeOf(messageEvents.pipe(fromAnthropic(), commitLines())).toEqualTypeOf<
  Observable<Commit<AnthropicKind>>
>();

// Messages of servers and lines, whose type is unknown, are accepted too.
declare const messages: Observable<ServerSentEvent>;
declare const lines: Observable<unknown>;
expectTypeOf(messages.pipe(fromAnthropic())).toEqualTypeOf<Observable<DeltaEvent<AnthropicKind>>>();
expectTypeOf(lines.pipe(fromClaudeCode())).toExtend<Observable<DeltaEvent>>();
expectTypeOf(lines.pipe(fromCodex())).toExtend<Observable<DeltaEvent>>();
expectTypeOf(fromGoTest()).toEqualTypeOf<OperatorFunction<unknown, DeltaEvent<'output'>>>();
expectTypeOf(fromDocker()).toEqualTypeOf<
  OperatorFunction<unknown, DeltaEvent<'stdout' | 'stderr' | 'output'>>
>();

expectTypeOf(fromKubernetes()).toEqualTypeOf<
  OperatorFunction<unknown, DeltaEvent<'stdout' | 'stderr' | 'output' | 'other'>>
>();

expectTypeOf(fromMCP()).toEqualTypeOf<OperatorFunction<unknown, DeltaEvent<MCPKind>>>();

// The streams of the SDKs, with the type of their events.
declare const openAIStream: Stream<OpenAI.Responses.ResponseStreamEvent>;
expectTypeOf(fromStream(openAIStream)).toEqualTypeOf<Observable<OpenAI.Responses.ResponseStreamEvent>>();

declare const anthropicStream: MessageStream;
expectTypeOf(fromStream(anthropicStream).pipe(fromAnthropic())).toEqualTypeOf<
  Observable<DeltaEvent<AnthropicKind>>
>();

declare const geminiStream: AsyncGenerator<GenerateContentResponse>;
expectTypeOf(fromStream(geminiStream)).toEqualTypeOf<Observable<GenerateContentResponse>>();

declare const uiStream: AsyncIterableStream<UIMessageChunk>;
expectTypeOf(fromStream(uiStream)).toEqualTypeOf<Observable<UIMessageChunk>>();

// And where else streams come from.
declare const body: ReadableStream<Uint8Array>;
expectTypeOf(fromStream(body)).toEqualTypeOf<Observable<Uint8Array>>();

declare const readable: Readable;
expectTypeOf(fromStream<Uint8Array>(readable)).toEqualTypeOf<Observable<Uint8Array>>();

declare const eventSource: EventSource;
expectTypeOf(fromEventSource(eventSource)).toEqualTypeOf<Observable<ServerSentEvent>>();

expectTypeOf(fromFetch('https://example.com', { selector: fromResponse })).toEqualTypeOf<
  Observable<unknown>
>();

// @ts-expect-error: a promise is no stream
void fromStream(Promise.resolve(1));
// @ts-expect-error: events come from the stream, not from the client
void fromResponse('https://example.com');
