from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proof_out_chain_item import ProofOutChainItem
    from ..models.proof_out_event import ProofOutEvent
    from ..models.proof_out_seal import ProofOutSeal


T = TypeVar("T", bound="ProofOut")


@_attrs_define
class ProofOut:
    """What `ledger/check_proof.py` takes.

    Attributes:
        version (int):
        event (ProofOutEvent): What is hashed of it.
        leaf_index (int):
        tree_size (int):
        path (list[str]): Siblings, in hex.
        seal (ProofOutSeal):
        chain (list[ProofOutChainItem]): The seals after it, up to the head.
    """

    version: int
    event: ProofOutEvent
    leaf_index: int
    tree_size: int
    path: list[str]
    seal: ProofOutSeal
    chain: list[ProofOutChainItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        event = self.event.to_dict()

        leaf_index = self.leaf_index

        tree_size = self.tree_size

        path = self.path

        seal = self.seal.to_dict()

        chain = []
        for chain_item_data in self.chain:
            chain_item = chain_item_data.to_dict()
            chain.append(chain_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "event": event,
                "leaf_index": leaf_index,
                "tree_size": tree_size,
                "path": path,
                "seal": seal,
                "chain": chain,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proof_out_chain_item import ProofOutChainItem  # noqa: PLC0415
        from ..models.proof_out_event import ProofOutEvent  # noqa: PLC0415
        from ..models.proof_out_seal import ProofOutSeal  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        event = ProofOutEvent.from_dict(d.pop("event"))

        leaf_index = d.pop("leaf_index")

        tree_size = d.pop("tree_size")

        path = cast(list[str], d.pop("path"))

        seal = ProofOutSeal.from_dict(d.pop("seal"))

        chain = []
        _chain = d.pop("chain")
        for chain_item_data in _chain:
            chain_item = ProofOutChainItem.from_dict(chain_item_data)

            chain.append(chain_item)

        proof_out = cls(
            version=version,
            event=event,
            leaf_index=leaf_index,
            tree_size=tree_size,
            path=path,
            seal=seal,
            chain=chain,
        )

        proof_out.additional_properties = d
        return proof_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
