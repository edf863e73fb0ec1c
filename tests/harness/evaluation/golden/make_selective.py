"""Makes selective.json: what confidences say about answers, by scikit-learn 1.5.2 and NumPy.

python3 -m venv v && v/bin/pip install scikit-learn==1.5.2 && v/bin/python make_selective.py

The area under the ROC curve and the precision among all answers of at least a confidence are
scikit-learn's; the calibration error is by NumPy's histogram of ten bins.
"""

import json
import pathlib

import numpy
from sklearn.metrics import precision_recall_curve, roc_auc_score


def calibration_error(confidences, right):
    """numpy.histogram's bins are [a, b), the last one [a, b]."""
    edges = numpy.linspace(0, 1, 11)
    hits = numpy.histogram(confidences, edges, weights=right)[0]
    sums = numpy.histogram(confidences, edges, weights=confidences)[0]
    return float(numpy.abs(hits - sums).sum() / len(right))


def case(confidences, right):
    precision, _, thresholds = precision_recall_curve(right, confidences)
    points = [[int((confidences >= threshold).sum()), float(share)]
              for share, threshold in zip(precision, thresholds)]
    return {"confidences": confidences.tolist(), "right": right.tolist(),
            "auroc": float(roc_auc_score(right, confidences)),
            "calibration_error": calibration_error(confidences, right),
            "precision": points}


def main():
    draws = numpy.random.default_rng(7)
    cases = []
    for count, decimals in ((200, 6), (300, 2), (60, 1), (5, 6)):
        # Off the edges of bins by 0.003, since 0.3 x 10 and 3 / 10 need not fall on one side.
        confidences = numpy.clip(draws.beta(2, 1, count).round(decimals) + 0.003, 0, 1)
        right = (draws.random(count) < confidences ** 2).astype(int)
        right[:2] = 0, 1  # both kinds are there
        cases.append(case(confidences, right))
    path = pathlib.Path(__file__).with_name("selective.json")
    path.write_text(json.dumps({"cases": cases}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
