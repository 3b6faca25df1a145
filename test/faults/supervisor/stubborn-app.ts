/** An application that fails when it stops. */
export default {
  fetch: (): never => {
    throw new Error("this application answers the engine only");
  },
  listen: () => Promise.resolve({ stop: () => Promise.reject(new Error("a part does not stop")) }),
};
