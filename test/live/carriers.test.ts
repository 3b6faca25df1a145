/** The carriers of channels against their contract. */
import { memoryCarrier } from "gable/live";
import { testLiveCarrier } from "gable/testing";

testLiveCarrier("memory", () => {
  const carrier = memoryCarrier();
  return { carriers: [carrier, carrier] };
});
