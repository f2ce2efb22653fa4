/**
 * The calls of a log in Redis. Each is one Lua script, which Redis runs without other commands in between.
 *
 * - `KEYS[1]`, a stream: the entries. The ID of an entry is its number in the log, from 1 without gaps, and the time in
 *   ms when it was added. Its fields are `s`, the stream as JSON; `n`, its number in the generation; and `c`, the
 *   commit as JSON.
 * - `KEYS[2]`, a hash: the state of each stream, by `[kind,id]` as JSON.
 * - `KEYS[3]`, a sorted set: the open streams by the end of their lease.
 * - `KEYS[4]`, a sorted set: the closed streams by the number of their `close` in the log.
 * - `ARGV[1]` to `ARGV[4]`: the channel of the watchers, and `maxEntries`, `maxAge` and `expire`, 0 for none.
 *
 * Only the clock of the server is used. Each script makes all its decisions before its first write. Redis refuses that
 * write if the memory or the disk is full, but never a later write of the same script. So all writes of a script
 * succeed, or none.
 */
const prelude = `
local entries, streams, leases, closed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local channel, maxEntries, maxAge, expire = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function numberOf(id)
  return tonumber(string.match(id, '^%d+'))
end

local newest = redis.call('XREVRANGE', entries, '+', '-', 'COUNT', 1)[1]
local last = newest and numberOf(newest[1]) or 0
local added = false

local function add(stream, number, commit)
  last = last + 1
  added = true
  return redis.call('XADD', entries, string.format('%.0f-%.0f', last, now), 's', stream, 'n', number, 'c', commit)
end

local states, changed = {}, {}

local function stateOf(key)
  if states[key] == nil then
    local stored = redis.call('HGET', streams, key)
    states[key] = stored and cjson.decode(stored) or false
  end
  return states[key]
end

local function refOf(key, state)
  local order = state.order ~= '' and ',' .. state.order or ''
  return string.sub(key, 1, -2) .. ',' .. state.generation .. order .. ']'
end

local function close(key, state)
  state.open = false
  changed[key] = true
  redis.call('ZREM', leases, key)
  redis.call('ZADD', closed, last, key)
end

local function addClose(key, state, reason)
  add(refOf(key, state), state.entries, '{"type":"close","reason":"' .. reason .. '","lines":' .. state.lines .. '}')
end

-- The claim with the token: the state itself, or a lost claim.
local function claimOf(state, token)
  if not state or state.token == token then return state end
  for _, claim in ipairs(state.past) do
    if claim.token == token then return claim end
  end
end

-- Remembers the claim that is lost now, so that its repeated calls are recognized.
local function remember(state)
  table.insert(state.past, {
    token = state.token, generation = state.generation, order = state.order, position = state.position,
    claimed = state.claimed, entries = state.entries,
  })
  if #state.past > 8 then table.remove(state.past, 1) end
end

-- The newest entry remains, because the number of the next one follows from it.
local function trim()
  local length = redis.call('XLEN', entries)
  if maxEntries > 0 and length > maxEntries then
    redis.call('XTRIM', entries, 'MAXLEN', maxEntries)
  end
  if maxAge > 0 then
    local count = 1
    for _ = 1, 20 do
      local old = 0
      for _, entry in ipairs(redis.call('XRANGE', entries, '-', '+', 'COUNT', count)) do
        if tonumber(string.match(entry[1], '%d+$')) > now - maxAge then break end
        old = old + 1
      end
      if old > 0 then redis.call('XTRIM', entries, 'MAXLEN', math.max(redis.call('XLEN', entries) - old, 1)) end
      if old < count then break end
      count = 100
    end
  end
  local first = last - redis.call('XLEN', entries) + 1
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', closed, '-inf', '(' .. first)) do
    redis.call('HDEL', streams, key)
    redis.call('ZREM', closed, key)
  end
end

local function finish()
  for key in pairs(changed) do
    redis.call('HSET', streams, key, cjson.encode(states[key]))
  end
  if added then
    if maxEntries > 0 or maxAge > 0 then trim() end
    redis.call('PUBLISH', channel, '')
  end
  if expire > 0 then
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, expire) end
  end
end
`;

/**
 * Five arguments per request: key, order as JSON or '', token, lease, '1' to continue. Returns four values per request:
 * generation, order, position of the `open`, number of entries.
 */
export const claimScript = () => `${prelude}
local answers = {}
for i = 5, #ARGV, 5 do
  local key, order, token, lease, continue = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4]
  local state = stateOf(key)
  local claim = claimOf(state, token)
  if not claim then
    if state and state.open and continue == '1' then
      remember(state)
      state.token = token
      state.claimed = state.entries
    else
      if state then remember(state) end
      if state and state.open then addClose(key, state, 'superseded') end
      state = {
        generation = state and state.generation + 1 or 0,
        order = order == '' and state and state.order or order,
        entries = 1, claimed = 1, lines = 0, open = true, token = token,
        past = state and state.past or {},
      }
      state.position = add(refOf(key, state), 0, '{"type":"open"}')
      states[key] = state
      redis.call('ZREM', closed, key)
    end
    changed[key] = true
    claim = state
  end
  if claim == state and state.open then redis.call('ZADD', leases, now + lease, key) end
  for _, value in ipairs({ claim.generation, claim.order, claim.position, claim.claimed }) do
    table.insert(answers, value)
  end
end
finish()
return answers
`;

/**
 * The number of claims; two arguments per claim: key, token; five per request: number of the claim from 1, number of
 * the entry, lines, '1' for a close, commit. Returns for each request a position, '?' for an entry that was stored
 * before, or '-' for fenced.
 *
 * A request with a number after a gap is fenced: Redis has lost the entries in the gap, so the stream cannot continue.
 */
export const appendScript = () => `${prelude}
local answers, repeated, repeats = {}, {}, 0
for i = 6 + 2 * tonumber(ARGV[5]), #ARGV, 5 do
  local at = 4 + 2 * tonumber(ARGV[i])
  local key, number = ARGV[at], tonumber(ARGV[i + 1])
  local state = stateOf(key)
  local claim = claimOf(state, ARGV[at + 1])
  local answer = '-'
  if claim and number < claim.entries then
    answer = '?'
    local ref = refOf(key, claim)
    repeated[ref] = repeated[ref] or {}
    repeated[ref][ARGV[i + 1]] = #answers + 1
    repeats = repeats + 1
  elseif claim and claim == state and state.open and number == state.entries then
    answer = add(refOf(key, state), ARGV[i + 1], ARGV[i + 4])
    state.entries = number + 1
    state.lines = tonumber(ARGV[i + 2])
    changed[key] = true
    if ARGV[i + 3] == '1' then close(key, state) end
  end
  table.insert(answers, answer)
end
finish()

-- Entries that were stored before are near the end: the last 10,000 entries are searched for them.
local before, pages = '+', 20
while repeats > 0 and pages > 0 do
  local page = redis.call('XREVRANGE', entries, before, '-', 'COUNT', 500)
  for _, entry in ipairs(page) do
    local numbers = repeated[entry[2][2]]
    local answer = numbers and numbers[entry[2][4]]
    if answer then
      answers[answer] = entry[1]
      repeats = repeats - 1
    end
  end
  if #page < 500 then break end
  before = string.format('%.0f', numberOf(page[500][1]) - 1)
  pages = pages - 1
end
return answers
`;

/** The lease, then two arguments per claim: key, token. */
export const renewScript = () => `${prelude}
for i = 6, #ARGV, 2 do
  local state = stateOf(ARGV[i])
  if state and state.open and state.token == ARGV[i + 1] then
    redis.call('ZADD', leases, now + tonumber(ARGV[5]), ARGV[i])
  end
end
finish()
return 0
`;

/**
 * A name of this call, then the names of earlier calls whose answers were lost. Returns the streams that these calls
 * closed, as JSON; those of earlier calls only if they are among the last 1,000 closed streams.
 */
export const abandonedScript = () => `${prelude}
local answers, earlier = {}, {}
for i = 6, #ARGV do earlier[ARGV[i]] = true end
if #ARGV > 5 then
  for _, key in ipairs(redis.call('ZREVRANGE', closed, 0, 999)) do
    local state = stateOf(key)
    if state and earlier[state.closer] then table.insert(answers, refOf(key, state)) end
  end
end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
  local state = stateOf(key)
  if state and state.open then
    addClose(key, state, 'idle')
    state.closer = ARGV[5]
    close(key, state)
    table.insert(answers, refOf(key, state))
  end
end
if added then finish() end
return answers
`;

/**
 * A number in the log or '', then a key or '' and its generation. Returns the IDs of the first entry, of the last
 * entry, of the entry with the number, and of the `open` if the generation is the newest of the stream. Returns ''
 * instead of an ID that does not exist.
 */
export const locateScript = `
local function idOf(command, from, to)
  local entry = redis.call(command, KEYS[1], from, to, 'COUNT', 1)[1]
  return entry and entry[1] or ''
end

local opened = ''
local stored = ARGV[2] ~= '' and redis.call('HGET', KEYS[2], ARGV[2])
if stored then
  local state = cjson.decode(stored)
  if state.generation == tonumber(ARGV[3]) then opened = state.position end
end
return {
  idOf('XRANGE', '-', '+'),
  idOf('XREVRANGE', '+', '-'),
  ARGV[1] ~= '' and idOf('XRANGE', ARGV[1], ARGV[1]) or '',
  opened,
}
`;
