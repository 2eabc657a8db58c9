"""VPC networking: NAT gateways, VPN connections, PrivateLink, transit gateways, Direct Connect."""

from quorum.services.row import Dimension, Kind, Naming, Service, Signal, errors, level, named

ROW = Service(
    "NAT, VPN and PrivateLink",
    (
        Kind(
            "natgateway",
            "AWS/NATGateway",
            named("NatGatewayId"),
            (
                errors("ErrorPortAllocation"),
                errors("PacketsDropCount"),
                level("ActiveConnectionCount", "Count", "Maximum"),
            ),
            arn="ec2:{region}:{account}:natgateway/{name}",
            page="vpcconsole/home?region={region}#NatGatewayDetails:natGatewayId={name}",
        ),
        Kind(
            "vpn",
            "AWS/VPN",
            named("VpnId"),
            (Signal("TunnelState", "other", "Minimum", "None"),),
            arn="ec2:{region}:{account}:vpn-connection/{name}",
            page="vpcconsole/home?region={region}#VpnConnectionDetails:VpnConnectionId={name}",
        ),
        Kind(
            "vpntunnel",
            "AWS/VPN",
            named("TunnelIpAddress"),
            (Signal("TunnelState", "other", "Minimum", "None"),),
        ),
        Kind(
            "vpce",
            "AWS/PrivateLinkEndpoints",
            named("VPC Endpoint Id"),
            (
                errors("PacketsDropped"),
                errors("RstPacketsReceived"),
                level("ActiveConnections", "Count", "Maximum"),
            ),
            given=("VPC Id", "Endpoint Type", "Service Name"),
            arn="ec2:{region}:{account}:vpc-endpoint/{name}",
            page="vpcconsole/home?region={region}#EndpointDetails:vpcEndpointId={name}",
        ),
        Kind(
            "vpceservice",
            "AWS/PrivateLinkServices",
            named("Service Id"),
            (errors("RstPacketsSent"), level("ActiveConnections", "Count", "Maximum")),
            arn="ec2:{region}:{account}:vpc-endpoint-service/{name}",
        ),
        Kind(
            "transitgateway",
            "AWS/TransitGateway",
            named("TransitGateway"),
            (errors("PacketDropCountNoRoute"),),
        ),
        Kind(
            "directconnect",
            "AWS/DX",
            named("ConnectionId"),
            (Signal("ConnectionState", "other", "Minimum", "None"),),
        ),
    ),
    also=(Naming("AWS/PrivateLinkServices", (Dimension("ServiceId"),), "vpceservice"),),
)
