"""A partner's client, made from the contract alone: pushes signals over one stream and checks the receipts.

Usage: push.py PROTO_FOLDER ADDRESS TOKEN COUNT
"""

import pathlib
import sys
import tempfile
import time


def generate(proto: str) -> str:
    """Makes Python of every .proto file; returns the folder to import from."""
    import grpc_tools
    from grpc_tools import protoc

    target = tempfile.mkdtemp(prefix="seinhuis-python-")
    files = [str(path) for path in pathlib.Path(proto).rglob("*.proto")]
    well_known = str(pathlib.Path(grpc_tools.__file__).parent / "_proto")
    arguments = ["protoc", f"-I{proto}", f"-I{well_known}", f"--python_out={target}", f"--grpc_python_out={target}"]
    if protoc.main(arguments + files) != 0:
        sys.exit("the contract can't be made into Python")
    return target


def main() -> None:
    proto, address, token, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    sys.path.insert(0, generate(proto))

    import grpc
    from google.protobuf.timestamp_pb2 import Timestamp
    from seinhuis.common.v1 import vocabulary_pb2 as words
    from seinhuis.ingest.v1 import housing_pb2 as housing
    from seinhuis.ingest.v1 import housing_pb2_grpc, receipt_pb2
    from seinhuis.ingest.v1 import signal_pb2 as signal

    now = Timestamp(seconds=int(time.time()) - 60)

    def requests():
        for number in range(count):
            common = signal.Common(
                reference=f"python-{number}",
                occurred_at=now,
                area_code="WK150900",
                urgency=words.URGENCY_NORMAL,
                household_key=f"7071AB {number % 50}",
                free_text="huurachterstand",
            )
            yield housing.HousingIngestServiceReportStreamRequest(
                signal=housing.HousingSignal(common=common, kind=housing.HOUSING_KIND_FIN_HUA)
            )

    new = 0
    with grpc.insecure_channel(address) as channel:
        stub = housing_pb2_grpc.HousingIngestServiceStub(channel)
        answers = stub.ReportStream(requests(), metadata=[("authorization", f"Bearer {token}")])
        ordinal = 0
        for ordinal, answer in enumerate(answers, start=1):
            receipt = answer.receipt
            if receipt.ordinal != ordinal or receipt.reference != f"python-{ordinal - 1}":
                sys.exit(f"receipt {receipt.ordinal} for {receipt.reference} came in place {ordinal}")
            if receipt.WhichOneof("outcome") != "accepted":
                sys.exit(f"refused: {receipt.refused}")
            new += receipt.accepted.disposition == receipt_pb2.DISPOSITION_NEW
    print(f"{ordinal} receipts in order, {new} new")


main()
