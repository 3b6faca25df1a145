/** The families of metrics, in the order of the reply. Their names and units follow the conventions of Prometheus and its clients. */

/** A family of metrics. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
}

/** Upper bounds of the buckets of durations, in seconds. */
export const bucketSeconds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The histogram of requests; its counts are those of {@link requestsFamily}. */
export const durationsFamily = "http_request_duration_seconds";
/** The counter of requests: taken from the histogram, so that both always agree. */
export const requestsFamily = "http_requests_total";

/** All families. */
export const families: readonly Family[] = [
  { name: requestsFamily, type: "counter", help: "Requests that were answered, by method, route pattern and status." },
  { name: durationsFamily, type: "histogram", help: "Time from a request to the end of its reply, by method, route pattern and status." },
  { name: "http_requests_in_flight", type: "gauge", help: "Requests whose reply is not sent yet." },
  { name: "http_connections_open", type: "gauge", help: "Open connections of clients." },
  { name: "gable_errors_total", type: "counter", help: "Errors that were answered, by code." },
  { name: "database_pool_connections", type: "gauge", help: "Open connections to the database." },
  { name: "database_pool_connections_busy", type: "gauge", help: "Connections to the database that are in use." },
  { name: "database_pool_connections_max", type: "gauge", help: "Most connections that the pool opens." },
  { name: "database_pool_waiting", type: "gauge", help: "Calls that wait for a connection to the database." },
  { name: "gable_tasks_waiting", type: "gauge", help: "Tasks that are due and wait, by queue." },
  { name: "gable_tasks_running", type: "gauge", help: "Tasks that run, by queue." },
  { name: "gable_tasks_oldest_seconds", type: "gauge", help: "How long the oldest waiting task has been due, by queue; 0 if none waits." },
  { name: "process_cpu_user_seconds_total", type: "counter", help: "CPU time spent in user mode." },
  { name: "process_cpu_system_seconds_total", type: "counter", help: "CPU time spent in system mode." },
  { name: "process_cpu_seconds_total", type: "counter", help: "CPU time spent in user and system mode." },
  { name: "process_resident_memory_bytes", type: "gauge", help: "Resident memory of the process." },
  { name: "process_start_time_seconds", type: "gauge", help: "Start of the process, in seconds since 1970." },
  { name: "nodejs_heap_size_total_bytes", type: "gauge", help: "Memory that the JavaScript heap has reserved." },
  { name: "nodejs_heap_size_used_bytes", type: "gauge", help: "Memory that the JavaScript heap uses." },
  { name: "nodejs_external_memory_bytes", type: "gauge", help: "Memory of objects outside of the JavaScript heap, such as buffers." },
  { name: "nodejs_eventloop_lag_mean_seconds", type: "gauge", help: "Mean delay of the event loop since the last scrape." },
  { name: "nodejs_eventloop_lag_p50_seconds", type: "gauge", help: "Median delay of the event loop since the last scrape." },
  {
    name: "nodejs_eventloop_lag_p99_seconds",
    type: "gauge",
    help: "99th percentile of the delay of the event loop since the last scrape.",
  },
  { name: "nodejs_eventloop_lag_max_seconds", type: "gauge", help: "Longest delay of the event loop since the last scrape." },
  { name: "gable_workers_asked", type: "gauge", help: "Processes that were asked for this reply." },
  { name: "gable_workers_answered", type: "gauge", help: "Processes that answered within one second." },
  { name: "gable_worker_restarts_total", type: "counter", help: "Processes that were started again, because one died or was replaced." },
];
