/**
 * The scripts of the Redis store. Redis runs each of them as one step, so parallel requests cannot come between.
 *
 * A session is a hash: `v:<key>` holds the JSON text of a value, `u` the user, `c`, `s` and `e` the times. A set for each user
 * holds the keys of its sessions. Redis removes a hash when the session expires.
 */

const shared = `
local prefix, now = ARGV[1], tonumber(ARGV[2])
local function name(key) return prefix .. 'session:' .. key end
local function userName(user) return prefix .. 'session-user:' .. user end
local function isThere(key)
  local expires = redis.call('HGET', name(key), 'e')
  return expires and tonumber(expires) > now
end
local function expire(key)
  local hash = name(key)
  local left = tonumber(redis.call('HGET', hash, 'e')) - now
  redis.call('PEXPIRE', hash, string.format('%.0f', left))
  return left
end
local function link(key, user, left)
  local set = userName(user)
  if left <= 0 then return end
  redis.call('SADD', set, key)
  if redis.call('PTTL', set) < left then redis.call('PEXPIRE', set, string.format('%.0f', left)) end
end
local function remove(key)
  local user = redis.call('HGET', name(key), 'u')
  if user then redis.call('SREM', userName(user), key) end
  return redis.call('DEL', name(key))
end
`;

/** Stores a new session: prefix, now, key, then fields and their values. */
export const createScript = `${shared}
local key = ARGV[3]
redis.call('DEL', name(key))
for index = 4, #ARGV, 2 do redis.call('HSET', name(key), ARGV[index], ARGV[index + 1]) end
local left = expire(key)
local user = redis.call('HGET', name(key), 'u')
if user then link(key, user, left) end
return 1
`;

/** Returns the fields of a session, and removes one that has expired: prefix, now, key. */
export const readScript = `${shared}
if not isThere(ARGV[3]) then
  remove(ARGV[3])
  return {}
end
return redis.call('HGETALL', name(ARGV[3]))
`;

/** Changes a session: prefix, now, key, changes as JSON. */
export const patchScript = `${shared}
local key, changes = ARGV[3], cjson.decode(ARGV[4])
if not isThere(key) then return 'missing' end
local hash = name(key)
for _, each in ipairs(changes.expected) do
  local text = redis.call('HGET', hash, 'v:' .. each[1])
  if (text or nil) ~= each[2] then return 'changed' end
end
for _, each in ipairs(changes.set) do redis.call('HSET', hash, each[1], each[2]) end
for _, field in ipairs(changes.delete) do redis.call('HDEL', hash, field) end
local user = redis.call('HGET', hash, 'u')
if changes.user then
  if user then redis.call('SREM', userName(user), key) end
  user = changes.user[1]
  if user then redis.call('HSET', hash, 'u', user) else redis.call('HDEL', hash, 'u') end
end
if changes.moveTo then
  if user then redis.call('SREM', userName(user), key) end
  redis.call('RENAME', hash, name(changes.moveTo))
  key = changes.moveTo
end
local left = expire(key)
if user then link(key, user, left) end
return 'saved'
`;

/** Deletes a session: prefix, now, key. */
export const deleteScript = `${shared}
return remove(ARGV[3])
`;

/** Returns the sessions of a user, each as its key and its fields: prefix, now, user. */
export const listScript = `${shared}
local found = {}
for _, key in ipairs(redis.call('SMEMBERS', userName(ARGV[3]))) do
  if isThere(key) then found[#found + 1] = { key, redis.call('HGETALL', name(key)) }
  else redis.call('SREM', userName(ARGV[3]), key) end
end
return found
`;

/** Deletes the sessions of a user except one: prefix, now, user, key to keep. */
export const deleteForUserScript = `${shared}
local count = 0
for _, key in ipairs(redis.call('SMEMBERS', userName(ARGV[3]))) do
  if key ~= ARGV[4] then
    count = count + remove(key)
    redis.call('SREM', userName(ARGV[3]), key)
  end
end
return count
`;

/** Deletes some of the sessions that were last used before a time: prefix, time, where the step begins. Returns where the next one begins, "0" at the end. */
export const deleteUnusedScript = `${shared}
local pattern = string.gsub(prefix .. 'session:', '[%*%?%[%]\\\\]', '\\\\%0') .. '*'
local step = redis.call('SCAN', ARGV[3], 'MATCH', pattern, 'COUNT', 1000)
local count = 0
for _, hash in ipairs(step[2]) do
  local seen = tonumber(redis.call('HGET', hash, 's') or '')
  if seen and seen < now then count = count + remove(string.sub(hash, #prefix + 9)) end
end
return { step[1], count }
`;
