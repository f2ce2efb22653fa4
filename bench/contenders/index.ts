import type { Contender } from '../contender.js';

/** Loaded by name, one in each process. */
export const contenders = {
  appendToMemoryLog: () => import('./appendToMemoryLog.js'),
  bareLoop: () => import('./bareLoop.js'),
  bareLoopBehindFrom: () => import('./bareLoopBehindFrom.js'),
  bundleSize: () => import('./bundleSize.js'),
  bytesToCommits: () => import('./bytesToCommits.js'),
  command: () => import('./command.js'),
  commitBlocks: () => import('./commitBlocks.js'),
  commitBlocksOfLines: () => import('./commitBlocksOfLines.js'),
  commitLines: () => import('./commitLines.js'),
  composedForm: () => import('./composedForm.js'),
  defaultApplyEvents: () => import('./defaultApplyEvents.js'),
  fromAGUI: () => import('./fromAGUI.js'),
  fromAISDK: () => import('./fromAISDK.js'),
  latency: () => import('./latency.js'),
  map: () => import('./map.js'),
  naivePipeline: () => import('./naivePipeline.js'),
  naivePipelineHeap: () => import('./naivePipelineHeap.js'),
  openAndClose: () => import('./openAndClose.js'),
  openAndCloseInMap: () => import('./openAndCloseInMap.js'),
  openStreamHeap: () => import('./openStreamHeap.js'),
  parseAgain: () => import('./parseAgain.js'),
  parseBlocks: () => import('./parseBlocks.js'),
  parseEvents: () => import('./parseEvents.js'),
  parseJSONAgain: () => import('./parseJSONAgain.js'),
  parseJSONOnce: () => import('./parseJSONOnce.js'),
  parseLines: () => import('./parseLines.js'),
  pushToArray: () => import('./pushToArray.js'),
  readUIMessageStream: () => import('./readUIMessageStream.js'),
  rememberedKeyHeap: () => import('./rememberedKeyHeap.js'),
  resequence: () => import('./resequence.js'),
  responseToCommits: () => import('./responseToCommits.js'),
  responseToSDK: () => import('./responseToSDK.js'),
  scanJSON: () => import('./scanJSON.js'),
  scanTranscript: () => import('./scanTranscript.js'),
  splitJSON: () => import('./splitJSON.js'),
  unfinishedLine: () => import('./unfinishedLine.js'),
};

export type ContenderName = keyof typeof contenders;

/** What the module of a contender takes. */
type ParametersOf<N extends ContenderName> = Parameters<
  Awaited<ReturnType<(typeof contenders)[N]>>['default']
>[0];

/** A contender and what it is to do, as data, so that another process can be told. */
export type Entrant = {
  [N in ContenderName]: { readonly contender: N; readonly parameters: ParametersOf<N> };
}[ContenderName];

export async function createContender({ contender, parameters }: Entrant): Promise<Contender> {
  const { default: create } = await contenders[contender]();
  // That the parameters are those of this contender is more than the compiler can follow.
  return (create as (parameters: object) => Contender | Promise<Contender>)(parameters);
}
