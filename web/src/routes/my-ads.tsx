/** `/my-ads`: what one offers. */
import { MyAds } from "../features/my-ads/MyAds.tsx";
import { Personal } from "./Personal.tsx";

export const MyAdsRoute = () => (
  <Personal>
    <MyAds />
  </Personal>
);
