/** Sends callbacks to banks and handles their responses, immediate and later ones. */
export { type CallbackDelivery, type CallbackDeliveryDeps, createCallbackDelivery } from "./callback-delivery.ts";
