/**
 * Scripts for what BullMQ has no call for. They read and write fields of jobs whose names begin with "gable:", and check the lock of the job
 * in the same step. `cancelScript` and `retryScript` also know where BullMQ 6 keeps jobs: the contract of queues tests both.
 */

/** Fields of a job that only Gable knows. */
export const ownFields = {
  /** Attempts that do not count. */
  free: "gable:free",
  /** How often workers without its name have met the task. */
  rests: "gable:rests",
  /** What `save()` has kept of its steps. */
  steps: "gable:steps",
  /** When somebody asked the running task to stop. */
  cancelAt: "gable:cancelAt",
  /** Why the last attempt failed. */
  error: "gable:error",
  /** When the next attempt may start. */
  dueAt: "gable:dueAt",
} as const;

/** Result of a completed job that says that it was cancelled. */
export const cancelledResult = "cancelled";
const cancelledJson = JSON.stringify(JSON.stringify(cancelledResult));

/** Longest rest of a task whose name the worker does not know, in ms. */
export const restMsMax = 30_000;
/** Most tasks that may rest among which figures look. */
const restingMax = 1_000;
/** How much one priority of BullMQ is worth in the order of a queue. */
const prioritySize = 0x1_0000_0000;
/** How much a millisecond is worth in the order of delayed jobs. */
const delaySize = 0x1000;

/** Adds a name to a set. KEYS: set. ARGV: name. */
export const addNameScript = `return redis.call("SADD", KEYS[1], ARGV[1])`;

/** Removes a name from a set. KEYS: set. ARGV: name. */
export const removeNameScript = `return redis.call("SREM", KEYS[1], ARGV[1])`;

/** Returns the names of a set. KEYS: set. */
export const namesScript = `return redis.call("SMEMBERS", KEYS[1])`;

/** Returns whether a key exists. KEYS: key. */
export const existsScript = `return redis.call("EXISTS", KEYS[1])`;

/** Sets a mark, and returns 1 for the first caller. KEYS: mark. ARGV: how long it stays, in ms. */
export const markScript = `return redis.call("SET", KEYS[1], "1", "NX", "PX", ARGV[1]) and 1 or 0`;

/** Returns the fields of Gable of each job, as empty strings where they are not set. KEYS: jobs. */
export const readScript = `
local found = {}
for index, key in ipairs(KEYS) do
  local values = redis.call("HMGET", key, "${ownFields.free}", "${ownFields.rests}", "${ownFields.steps}", "${ownFields.cancelAt}", "${ownFields.error}", "${ownFields.dueAt}")
  for place = 1, 6 do values[place] = values[place] or "" end
  found[index] = values
end
return found`;

/** Sets fields of a job that the caller holds. Returns whether it does. KEYS: job, lock. ARGV: token, then fields with values. */
export const saveScript = `
if redis.call("GET", KEYS[2]) ~= ARGV[1] then return 0 end
for place = 2, #ARGV, 2 do redis.call("HSET", KEYS[1], ARGV[place], ARGV[place + 1]) end
return 1`;

/** Returns 1 for each job that the caller holds and somebody asked to stop. KEYS: a job and its lock, for each. ARGV: tokens. */
export const askedScript = `
local asked = {}
for index, token in ipairs(ARGV) do
  local isHeld = redis.call("GET", KEYS[2 * index]) == token
  asked[index] = isHeld and redis.call("HEXISTS", KEYS[2 * index - 1], "${ownFields.cancelAt}") or 0
end
return asked`;

/**
 * Cancels a waiting job, or asks a running one to stop.
 * KEYS: job, lock, active, completed, failed, wait, prioritized, delayed. ARGV: id, time, start of the keys of the queue.
 */
export const cancelScript = `
local id, now = ARGV[1], ARGV[2]
if redis.call("EXISTS", KEYS[1]) == 0 then return "missing" end
if redis.call("ZSCORE", KEYS[4], id) or redis.call("ZSCORE", KEYS[5], id) then return "ended" end
if redis.call("EXISTS", KEYS[2]) == 1 or redis.call("LPOS", KEYS[3], id) then
  redis.call("HSET", KEYS[1], "${ownFields.cancelAt}", now)
  return "asked"
end
if redis.call("LREM", KEYS[6], 1, id) + redis.call("ZREM", KEYS[7], id) + redis.call("ZREM", KEYS[8], id) == 0 then return "ended" end
redis.call("HSET", KEYS[1], "returnvalue", ${cancelledJson}, "finishedOn", now)
redis.call("ZADD", KEYS[4], now, id)
local deduplication = redis.call("HGET", KEYS[1], "deid")
if deduplication then
  local key = ARGV[3] .. "de:" .. deduplication
  if redis.call("GET", key) == id then redis.call("DEL", key) end
end
return "cancelled"`;

/** Returns the task that holds a unique key, if it is queued or running; else "". KEYS: key, completed, failed. ARGV: start of the keys of the queue. */
export const holderScript = `
local holder = redis.call("GET", KEYS[1])
if not holder or redis.call("EXISTS", ARGV[1] .. holder) == 0 then return "" end
if redis.call("ZSCORE", KEYS[2], holder) or redis.call("ZSCORE", KEYS[3], holder) then return "" end
return holder`;

/**
 * Prepares a failed or cancelled job for new attempts, and takes its unique key. Returns its state in BullMQ ("failed" or "completed"),
 * "none" if it is in no such state, or the id of the task that holds its key. KEYS: job, completed, failed. ARGV: id, time, start of the keys of the queue.
 */
export const retryScript = `
local id, now = ARGV[1], ARGV[2]
local state = "none"
if redis.call("ZSCORE", KEYS[3], id) then state = "failed"
elseif redis.call("ZSCORE", KEYS[2], id) and redis.call("HGET", KEYS[1], "returnvalue") == ${cancelledJson} then state = "completed" end
if state == "none" then return state end
local deduplication = redis.call("HGET", KEYS[1], "deid")
if deduplication then
  local key = ARGV[3] .. "de:" .. deduplication
  local holder = redis.call("GET", key)
  local isAlive = holder and holder ~= id and redis.call("EXISTS", ARGV[3] .. holder) == 1
    and not redis.call("ZSCORE", KEYS[2], holder) and not redis.call("ZSCORE", KEYS[3], holder)
  if isAlive then return holder end
  redis.call("SET", key, id)
end
local reason = redis.call("HGET", KEYS[1], "failedReason")
if reason then redis.call("HSET", KEYS[1], "${ownFields.error}", reason) end
redis.call("HDEL", KEYS[1], "${ownFields.free}", "${ownFields.rests}", "${ownFields.cancelAt}", "progress")
redis.call("HSET", KEYS[1], "${ownFields.dueAt}", now)
return state`;

/** Replaces the data of a completed job, and forgets its steps. KEYS: job, completed, set of those to forget. ARGV: id, name in the set, data or "". */
export const forgetScript = `
if not redis.call("ZSCORE", KEYS[2], ARGV[1]) then return 0 end
if ARGV[3] ~= "" then redis.call("HSET", KEYS[1], "data", ARGV[3]) end
redis.call("HDEL", KEYS[1], "${ownFields.steps}")
redis.call("SREM", KEYS[3], ARGV[2])
return 1`;

/** Returns whether completed and failed jobs are old. KEYS: completed, failed. ARGV: the time before which each is old. */
export const oldScript = `
local old = {}
for place = 1, 2 do old[place] = #redis.call("ZRANGEBYSCORE", KEYS[place], "-inf", "(" .. ARGV[place], "LIMIT", 0, 1) end
return old`;

/**
 * Returns figures of a queue: how many tasks are due, since when the oldest is, how many are due later, run, and have failed; then end and
 * duration of the latest that are done. KEYS: wait, prioritized, delayed, active, failed, completed. ARGV: time, time from which failures
 * count, most durations, start of the keys of the queue.
 */
export const statsScript = `
local now, jobs = tonumber(ARGV[1]), ARGV[4]
local dueScore = (now + 1) * ${delaySize} - 1
local oldest = -1
local function see(time)
  if time and (oldest < 0 or time < oldest) then oldest = time end
end
local function dueOf(id)
  if not id then return nil end
  local values = redis.call("HMGET", jobs .. id, "${ownFields.dueAt}", "opts")
  if values[1] then return tonumber(values[1]) end
  if not values[2] then return nil end
  local options = cjson.decode(values[2])
  return (options["timestamp"] or now) + (options["delay"] or 0)
end
local function seeJob(id)
  see(dueOf(id))
end
seeJob(redis.call("LINDEX", KEYS[1], 0))
seeJob(redis.call("LINDEX", KEYS[1], -1))
local from = "-inf"
while true do
  local first = redis.call("ZRANGEBYSCORE", KEYS[2], from, "+inf", "WITHSCORES", "LIMIT", 0, 1)
  if #first == 0 then break end
  seeJob(first[1])
  from = string.format("%.0f", (math.floor(tonumber(first[2]) / ${prioritySize}) + 1) * ${prioritySize})
end
local delayed = redis.call("ZRANGE", KEYS[3], 0, 0, "WITHSCORES")
if #delayed > 0 and tonumber(delayed[2]) <= dueScore then see(math.floor(tonumber(delayed[2]) / ${delaySize})) end
local isDue = redis.call("ZCOUNT", KEYS[3], "-inf", string.format("%.0f", dueScore))
-- Tasks without a known name rest there, although they are due.
local restedScore = (now + ${restMsMax} + 1) * ${delaySize}
local resting = redis.call("ZRANGEBYSCORE", KEYS[3], string.format("(%.0f", dueScore), string.format("%.0f", restedScore), "LIMIT", 0, ${restingMax})
for _, id in ipairs(resting) do
  local dueAt = redis.call("HEXISTS", jobs .. id, "${ownFields.rests}") == 1 and dueOf(id)
  if dueAt and dueAt <= now then
    see(dueAt)
    isDue = isDue + 1
  end
end
local result = {
  redis.call("LLEN", KEYS[1]) + redis.call("ZCARD", KEYS[2]) + isDue,
  oldest,
  redis.call("ZCARD", KEYS[3]) - isDue,
  redis.call("LLEN", KEYS[4]),
  redis.call("ZCOUNT", KEYS[5], ARGV[2], "+inf"),
}
for _, id in ipairs(redis.call("ZREVRANGE", KEYS[6], 0, tonumber(ARGV[3]) - 1)) do
  local values = redis.call("HMGET", jobs .. id, "processedOn", "finishedOn", "returnvalue")
  if values[1] and values[2] and values[3] ~= ${cancelledJson} then
    result[#result + 1] = tonumber(values[2])
    result[#result + 1] = tonumber(values[2]) - tonumber(values[1])
  end
end
return result`;
