// Korean, of the alarm about imports.
import { translate } from "@/i18n/messages";
import type { messages } from "@/ui/driftMessages";

translate<typeof messages>("drift", "ko", {
  title: "가져온 이미지가 다르게 보입니다",
  text: (flagged, count, usual, project) =>
    `가져오기의 이미지 ${count}개 중 ${flagged}개가 ${project}에서 라벨링된 것과 다르게 보입니다. 보통은 ${usual}입니다.`,
  look: "살펴보기",
});
